namespace Toolchain.Export;

/// <summary>One native call of a traced module.</summary>
/// <param name="Module">Path of the module that made it; "" for the traced module itself.</param>
/// <param name="Entry">Native entry, such as THSTensor_relu.</param>
/// <param name="Obstacle">Why it cannot be exported, or null.</param>
public sealed record ExportStep(string Module, string Entry, string? Obstacle)
{
    /// <summary>The ONNX operators that it becomes, each once.</summary>
    public IReadOnlyList<string> Operators { get; init; } = [];

    /// <summary>"module: entry: obstacle", or "module: entry: ok".</summary>
    public override string ToString() => $"{(Module == "" ? "(root)" : Module)}: {Entry}: {Obstacle ?? "ok"}";
}

/// <summary>What an export would do.</summary>
/// <param name="Steps">The calls in order.</param>
public sealed record ExportPlan(IReadOnlyList<ExportStep> Steps)
{
    /// <summary>Whether nothing stands in the way.</summary>
    public bool CanExport => Steps.All(step => step.Obstacle is null);

    /// <summary>What stands in the way, each once.</summary>
    public IReadOnlyList<ExportStep> Obstacles => [.. Steps.Where(step => step.Obstacle is not null).Distinct()];
}

using Toolchain.Graph;

namespace Toolchain.Export;

/// <summary>Axes of an exported model's inputs; a number is a fixed size.</summary>
public static class Axis
{
    /// <summary>An axis that may have any size, the same wherever the name appears.</summary>
    public static Dim Named(string name) => name;
}

/// <summary>An input of the exported model.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Axes">One axis for each of the example: <see cref="Axis.Named"/> for those that may have any size, numbers for the rest.</param>
public sealed record ExportInput(string Name, params Dim[] Axes);

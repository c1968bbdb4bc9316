using Toolchain.Graph.Building;

namespace Toolchain.Graph.Training;

/// <summary>How a step of training moves a parameter along its gradient.</summary>
public abstract record Optimizer
{
    /// <summary>Names of what is kept for each parameter from step to step, in its shape and 0 before the first.</summary>
    public abstract IReadOnlyList<string> Moments { get; }

    /// <summary>One step of one parameter.</summary>
    /// <param name="parameter">Before the step.</param>
    /// <param name="gradient">Of the loss by it.</param>
    /// <param name="moments">Before the step, as <see cref="Moments"/> names them.</param>
    /// <param name="time">Learning rate and number of the step.</param>
    /// <returns>The parameter after the step, then the moments.</returns>
    internal abstract Term[] Move(Term parameter, Term gradient, Term[] moments, StepTime time);
}

/// <summary>What all parameters share in a step.</summary>
/// <param name="Rate">The learning rate, a scalar of the parameters' type.</param>
/// <param name="Number">The number of the step from 1 on, a float64 scalar.</param>
readonly record struct StepTime(Term Rate, Term Number);

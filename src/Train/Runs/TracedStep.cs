using Toolchain.Graph.Training;

namespace Toolchain.Train.Runs;

/// <summary>A step of a run's training for other runtimes.</summary>
/// <param name="Training">Begins where the run stands.</param>
/// <param name="Steps">Steps that the run has made.</param>
/// <param name="RateFormula">The learning rate after <c>made</c> steps, as an expression in Python.</param>
/// <param name="BatchSize">Images of a step.</param>
sealed record TracedStep(TrainingGraph Training, int Steps, string RateFormula, int BatchSize);

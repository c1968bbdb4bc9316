using Toolchain.Graph;
using Toolchain.Graph.Training;

namespace Toolchain.Train.Core;

/// <summary>A trainer whose step other runtimes can make too, from the state that it has and back.</summary>
interface ITracedTrainer : IGradientTrainer
{
    /// <summary>Its step as a graph that begins where the trainer stands.</summary>
    /// <param name="steps">Steps made so far.</param>
    /// <exception cref="Export.ExportException">Something in the model cannot be expressed.</exception>
    TrainingGraph Trace(int steps);

    /// <summary>The learning rate after <c>made</c> steps, as an expression in Python.</summary>
    string RateFormula { get; }

    /// <summary>Goes on from a state of that graph, as if the trainer had made its steps.</summary>
    /// <returns>Steps made so far.</returns>
    /// <exception cref="GraphException">The state is of another training.</exception>
    int Take(IReadOnlyDictionary<string, TensorData> state);
}

namespace Toolchain.Train.Models;

/// <summary>Options of a method that begins several times and goes on from the start that looks best without a label.</summary>
public interface IStarted
{
    /// <summary>Starts, each from a seed of its own; 1 for none to choose from.</summary>
    int StartCount { get; }

    /// <summary>Steps of each start before the choice; at most those of the whole run.</summary>
    int StartSteps { get; }

    /// <summary>The logged figure, larger for better, by which the best start is known without a label.</summary>
    string Merit { get; }
}

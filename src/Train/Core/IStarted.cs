namespace Toolchain.Train.Core;

/// <summary>Options of a method that begins several times and goes on from the start that looks best without a label.</summary>
interface IStarted
{
    /// <summary>Restarts, each with its own seed; 1 for a single run.</summary>
    int StartCount { get; }

    /// <summary>Steps of each restart before one is selected; at most those of the whole run.</summary>
    int StartSteps { get; }

    /// <summary>The logged figure, larger for better, by which the best start is known without a label.</summary>
    string Merit { get; }
}

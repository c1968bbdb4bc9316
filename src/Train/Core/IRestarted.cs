namespace Toolchain.Train.Core;

/// <summary>Options of a method that trains several restarts and continues the one of the highest score, without labels.</summary>
interface IRestarted
{
    /// <summary>Restarts, each with its own seed; 1 for a single run.</summary>
    int Restarts { get; }

    /// <summary>Steps of each restart before one is selected; at most those of the whole run.</summary>
    int RestartSteps { get; }

    /// <summary>Name of the logged figure that is the selection score; larger is better.</summary>
    string SelectionScore { get; }
}

namespace Toolchain.Data;

/// <summary>A published dataset is on no disk that was looked at and could not be downloaded. The message names every place that was
/// tried.</summary>
public sealed class DatasetUnavailableException : IOException
{
    internal DatasetUnavailableException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}

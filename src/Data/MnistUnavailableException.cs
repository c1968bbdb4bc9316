namespace Toolchain.Data;

/// <summary>MNIST is on no disk that was looked at and could not be downloaded. The message names every place that was tried.</summary>
public sealed class MnistUnavailableException : IOException
{
    internal MnistUnavailableException(string message, Exception? inner)
        : base(message, inner)
    {
    }
}

namespace Toolchain.Commands;

/// <summary>Progress that is told on the thread that reports it; the framework's own comes later, on another one.</summary>
/// <param name="tell">Gets each report.</param>
sealed class DirectProgress<T>(Action<T> tell) : IProgress<T>
{
    public void Report(T value) => tell(value);
}

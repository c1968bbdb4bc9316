using System.Text;

namespace Toolchain.Commands;

/// <summary>
/// A console stream whose failures do not stop the work: with a closed terminal, or a full disk behind a redirection, the text is dropped,
/// and the first failure is kept.
/// </summary>
/// <param name="open">Opens the stream, which may fail, too.</param>
public sealed class LastingWriter(Func<TextWriter> open) : TextWriter
{
    TextWriter? inner;

    /// <summary>Why text was dropped; null where none was.</summary>
    public string? Failure { get; private set; }

    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.UTF8;

    /// <inheritdoc/>
    public override void Write(char value) => Try(writer => writer.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Try(writer => writer.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Try(writer => writer.Write(value));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Try(writer => writer.WriteLine(value));

    /// <inheritdoc/>
    public override void Flush() => Try(writer => writer.Flush());

    void Try(Action<TextWriter> write)
    {
        try
        {
            write(inner ??= open());
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException or ArgumentException)
        {
            Failure ??= error.Message;
        }
    }
}

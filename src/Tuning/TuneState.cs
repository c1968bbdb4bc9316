using System.Globalization;
using Toolchain.Data.Tensors;
using Toolchain.Graph;

namespace Toolchain.Tuning;

/// <summary>The state of a tuning in a safetensors file, with the step that it stands before.</summary>
static class TuneState
{
    const string Step = "step", Of = "tuning";

    /// <summary>Writes it, whole or not at all; nothing without a path.</summary>
    public static void Save(string? path, StepRunner session, int step, string fingerprint)
    {
        if (path is not null)
        {
            SafeTensors.Write(path, [.. session.State.Select(pair => (pair.Key, Entry(pair.Value)))],
                new Dictionary<string, string> { [Step] = step.ToString(CultureInfo.InvariantCulture), [Of] = fingerprint });
        }
    }

    /// <summary>Reads it into the session; the steps done, 0 where there is no file.</summary>
    /// <exception cref="InvalidDataException">It is the state of another tuning.</exception>
    public static int Load(string? path, StepRunner session, string fingerprint)
    {
        if (path is null || !File.Exists(path))
        {
            return 0;
        }
        SafeTensorsContent content = SafeTensors.Read(path);
        if (content.Metadata.GetValueOrDefault(Of) != fingerprint)
        {
            throw new InvalidDataException($"'{path}': expected the state of this tuning, found that of one with other images or options; "
                + "give the same options, or start anew without --resume.");
        }
        session.Load(content.Tensors.ToDictionary(pair => pair.Name, pair => Data(pair.Tensor)));
        return int.Parse(content.Metadata[Step], CultureInfo.InvariantCulture);
    }

    internal static TensorEntry Entry(TensorData tensor) =>
        new(Enum.Parse<TensorKind>(tensor.Type.ToString()), [.. tensor.Sizes], tensor.Bytes);

    static TensorData Data(TensorEntry tensor) =>
        new(Enum.Parse<ElementType>(tensor.Kind.ToString()), tensor.Shape.ToArray(), tensor.Data);
}

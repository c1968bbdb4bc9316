using System.Globalization;
using System.Security.Cryptography;
using Toolchain.Data.Tensors;
using Toolchain.Train.Core;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Runs;

/// <summary>
/// The state of a run as one safetensors file: <c>model.NAME</c> for each entry of the state dict, and for each optimizer TorchSharp's own
/// record of its state as bytes, <c>optimizer.I</c>. Its metadata bind it: <c>step</c>, <c>config_sha256</c> of the run, and <c>digest</c>
/// of all else, which is checked before anything is used. Written whole or not at all.
/// </summary>
static class Checkpoint
{
    /// <summary>Saves the state after <paramref name="nextStep"/> steps.</summary>
    /// <param name="path">The file to make or replace.</param>
    /// <param name="trainer">What is saved.</param>
    /// <param name="nextStep">Steps made.</param>
    /// <param name="config">Digest of the run's configuration; empty where there is none.</param>
    public static void Save(string path, IGradientTrainer trainer, int nextStep, string config = "")
    {
        using var scope = NewDisposeScope();
        var tensors = new List<(string, TensorEntry)>();
        foreach ((string name, Tensor value) in trainer.Module.state_dict())
        {
            tensors.Add(($"model.{name}", ToEntry(value.detach().cpu().contiguous())));
        }
        for (int i = 0; i < trainer.Optimizers.Count; i++)
        {
            using var bytes = new MemoryStream();
            using (var writer = new BinaryWriter(bytes, System.Text.Encoding.UTF8, leaveOpen: true))
            {
                trainer.Optimizers[i].save_state_dict(writer);
            }
            tensors.Add(($"optimizer.{i}", TensorEntry.Of<byte>(bytes.ToArray(), bytes.Length)));
        }
        var metadata = new Dictionary<string, string>
        {
            ["step"] = nextStep.ToString(CultureInfo.InvariantCulture),
            ["config_sha256"] = config,
        };
        metadata["digest"] = Digest(tensors, metadata);
        SafeTensors.Write(path, tensors, metadata);
    }

    /// <summary>Loads a state and returns the step to continue with.</summary>
    /// <param name="path">The file.</param>
    /// <param name="trainer">What is filled.</param>
    /// <param name="config">Digest of the configuration that the run has now; null where that is not known.</param>
    /// <exception cref="CheckpointException">The file is damaged or belongs to another run or model.</exception>
    public static int Load(string path, IGradientTrainer trainer, string? config = null)
    {
        SafeTensorsContent content = Read(path, config);
        Fill(trainer.Module.state_dict(), content, path);
        // Outside a scope: the state that is read here lives on in the optimizer.
        for (int i = 0; i < trainer.Optimizers.Count; i++)
        {
            LoadOptimizer(trainer.Optimizers[i], Entry(content, $"optimizer.{i}", path), path);
        }
        return content.Metadata.TryGetValue("step", out string? step)
            && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new CheckpointException($"'{path}': expected metadata 'step', found none; this is no checkpoint of a training run.");
    }

    /// <summary>Loads the encoder alone, whatever else the run had: labels of its own images do not fit others.</summary>
    /// <exception cref="CheckpointException">The file is damaged or belongs to another run or model.</exception>
    public static void LoadEncoder(string path, IGradientTrainer trainer, string? config = null)
    {
        HashSet<nint> own = [.. trainer.Encoder.state_dict().Values.Select(value => value.Handle)];
        Fill(trainer.Module.state_dict().Where(pair => own.Contains(pair.Value.Handle)), Read(path, config), path);
    }

    /// <summary>Sets weights of the encoder from a file of another training, such as one on ONNX Runtime.</summary>
    /// <param name="trainer">What is changed: its encoder alone, not what follows it or optimizers.</param>
    /// <param name="weights">Tensors by the names of the encoder's state dict; others are left out.</param>
    /// <param name="path">The file, for errors.</param>
    /// <returns>Number of tensors that were set, at least 1.</returns>
    /// <exception cref="CheckpointException">No name is the encoder's, or a tensor has another type or shape.</exception>
    public static int SetEncoder(IGradientTrainer trainer, IReadOnlyDictionary<string, TensorEntry> weights, string path)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        (string Name, Tensor Value)[] own = [.. trainer.Encoder.state_dict().Where(pair => weights.ContainsKey(pair.Key))
            .Select(pair => (pair.Key, pair.Value))];
        if (own.Length == 0)
        {
            throw new CheckpointException($"'{path}': expected weights named as the encoder's, such as "
                + $"'{trainer.Encoder.state_dict().Keys.First()}', found none; take a model or state that was trained from this run.");
        }
        foreach ((string name, Tensor value) in own)
        {
            value.copy_(ToTensor(weights[name], value, path, name));
        }
        return own.Length;
    }

    static SafeTensorsContent Read(string path, string? config)
    {
        SafeTensorsContent content;
        try
        {
            content = SafeTensors.Read(path);
        }
        catch (InvalidDataException error)
        {
            throw new CheckpointException(error.Message, error);
        }
        string stated = content.Metadata.GetValueOrDefault("digest", "none"), found = Digest(content.Tensors, content.Metadata);
        if (stated != found)
        {
            throw new CheckpointException($"'{path}': expected the digest {stated} that the checkpoint states, found {found}; "
                + "it is damaged, or of an earlier version: train the run again in another folder.");
        }
        string of = content.Metadata.GetValueOrDefault("config_sha256", "");
        return config is null || of == config
            ? content
            : throw new CheckpointException($"'{path}': expected a checkpoint of the config.json beside it (sha256 {config}), found one of "
                + $"another run ({of}); put the run's own files back together.");
    }

    // Of names, types, shapes and bytes of the tensors, and of the other metadata, each with its length in front.
    static string Digest(IEnumerable<(string Name, TensorEntry Tensor)> tensors, IReadOnlyDictionary<string, string> metadata)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string key, string value) in metadata.Where(pair => pair.Key != "digest")
            .OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Add(System.Text.Encoding.UTF8.GetBytes(key));
            Add(System.Text.Encoding.UTF8.GetBytes(value));
        }
        foreach ((string name, TensorEntry tensor) in tensors.OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            Add(System.Text.Encoding.UTF8.GetBytes($"{name} {tensor.Kind}[{string.Join(",", tensor.Shape.ToArray())}]"));
            Add(tensor.Data.Span);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Add(ReadOnlySpan<byte> bytes)
        {
            hash.AppendData(BitConverter.GetBytes((long)bytes.Length));
            hash.AppendData(bytes);
        }
    }

    static void Fill(IEnumerable<KeyValuePair<string, Tensor>> state, SafeTensorsContent content, string path)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        foreach ((string name, Tensor value) in state)
        {
            value.copy_(ToTensor(Entry(content, $"model.{name}", path), value, path, name));
        }
    }

    static TensorEntry Entry(SafeTensorsContent content, string name, string path) =>
        content.Tensors.FirstOrDefault(pair => pair.Name == name).Tensor
        ?? throw new CheckpointException($"'{path}': expected a tensor '{name}', found none; the checkpoint belongs to another method or "
            + "version.");

    static void LoadOptimizer(OptimizerHelper optimizer, TensorEntry state, string path)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(state.ToArray<byte>()));
            optimizer.load_state_dict(reader);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or ArgumentException or FormatException)
        {
            throw new CheckpointException($"'{path}': expected the state of {optimizer.GetType().Name}, found something else "
                + $"({error.Message}); the checkpoint is damaged or belongs to another method.", error);
        }
    }

    static TensorEntry ToEntry(Tensor value) => new(Kind(value.dtype), value.shape, value.bytes.ToArray());

    static Tensor ToTensor(TensorEntry entry, Tensor like, string path, string name)
    {
        if (!entry.Shape.SequenceEqual(like.shape) || entry.Kind != Kind(like.dtype))
        {
            throw new CheckpointException($"'{path}': expected '{name}' as {Kind(like.dtype)}[{string.Join(",", like.shape)}], found "
                + $"{entry.Kind}[{string.Join(",", entry.Shape.ToArray())}]; the run was made with other options.");
        }
        Tensor value = empty(like.shape, like.dtype);
        value.bytes = entry.Data.ToArray();
        return value;
    }

    static TensorKind Kind(ScalarType type) => type switch
    {
        ScalarType.Float32 => TensorKind.Float32,
        ScalarType.Float64 => TensorKind.Float64,
        ScalarType.Int64 => TensorKind.Int64,
        ScalarType.Bool => TensorKind.Bool,
        _ => throw new InvalidOperationException($"A {type} buffer cannot be saved; expected Float32, Float64, Int64 or Bool."),
    };
}

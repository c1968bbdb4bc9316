using System.Globalization;
using Toolchain.Data;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Toolchain.Train.Running;

/// <summary>
/// The state of a run as one safetensors file: <c>model.NAME</c> for each entry of the state dict, and for each optimizer TorchSharp's own
/// record of its state as bytes, <c>optimizer.I</c>. Written whole or not at all.
/// </summary>
static class Checkpoint
{
    /// <summary>Saves the state after <paramref name="nextStep"/> steps.</summary>
    public static void Save(string path, IGradientTrainer trainer, int nextStep)
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
        SafeTensors.Write(path, tensors, new Dictionary<string, string> { ["step"] = nextStep.ToString(CultureInfo.InvariantCulture) });
    }

    /// <summary>Loads a state and returns the step to go on with.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or belongs to another model.</exception>
    public static int Load(string path, IGradientTrainer trainer)
    {
        SafeTensorsContent content = SafeTensors.Read(path);
        Fill(trainer.Module.state_dict(), content, path);
        // Outside a scope: the state that is read here lives on in the optimizer.
        for (int i = 0; i < trainer.Optimizers.Count; i++)
        {
            LoadOptimizer(trainer.Optimizers[i], Entry(content, $"optimizer.{i}", path), path);
        }
        return content.Metadata.TryGetValue("step", out string? step) && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new InvalidDataException($"'{path}': expected metadata 'step', found none; this is no checkpoint of a training run.");
    }

    /// <summary>Loads the encoder alone, whatever else the run had: labels of its own images do not fit others.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or belongs to another model.</exception>
    public static void LoadEncoder(string path, IGradientTrainer trainer)
    {
        HashSet<nint> own = [.. trainer.Encoder.state_dict().Values.Select(value => value.Handle)];
        Fill(trainer.Module.state_dict().Where(pair => own.Contains(pair.Value.Handle)), SafeTensors.Read(path), path);
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

    static TensorEntry Entry(SafeTensorsContent content, string name, string path) => content.Tensors.FirstOrDefault(pair => pair.Name == name).Tensor
        ?? throw new InvalidDataException($"'{path}': expected a tensor '{name}', found none; the checkpoint belongs to another method or version.");

    static void LoadOptimizer(OptimizerHelper optimizer, TensorEntry state, string path)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(state.ToArray<byte>()));
            optimizer.load_state_dict(reader);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException or ArgumentException or FormatException)
        {
            throw new InvalidDataException($"'{path}': expected the state of {optimizer.GetType().Name}, found something else ({error.Message}); the checkpoint is damaged or belongs to another method.", error);
        }
    }

    static TensorEntry ToEntry(Tensor value) => new(Kind(value.dtype), value.shape, value.bytes.ToArray());

    static Tensor ToTensor(TensorEntry entry, Tensor like, string path, string name)
    {
        if (!entry.Shape.SequenceEqual(like.shape) || entry.Kind != Kind(like.dtype))
        {
            throw new InvalidDataException($"'{path}': expected '{name}' as {Kind(like.dtype)}[{string.Join(",", like.shape)}], found {entry.Kind}[{string.Join(",", entry.Shape.ToArray())}]; the run was made with other options.");
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

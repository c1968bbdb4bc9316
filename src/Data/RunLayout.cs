namespace Toolchain.Data;

/// <summary>Names of the files of a training run and of a sweep (docs/reference/run-folder.md).</summary>
public static class RunLayout
{
    /// <summary>The resolved options of the run.</summary>
    public const string Config = "config.json";

    /// <summary>Losses, one JSON object a step.</summary>
    public const string Metrics = "metrics.jsonl";

    /// <summary>The exported encoder.</summary>
    public const string Model = "model.onnx";

    /// <summary>Digests, versions and times; written last.</summary>
    public const string Manifest = "manifest.json";

    /// <summary>What the run printed.</summary>
    public const string Log = "train.log";

    /// <summary>Folder of the checkpoints.</summary>
    public const string Checkpoints = "checkpoints";

    /// <summary>The latest checkpoint, in <see cref="Checkpoints"/>.</summary>
    public const string LastCheckpoint = "last.safetensors";

    /// <summary>Wall time up to the latest checkpoint, in <see cref="Checkpoints"/>.</summary>
    public const string Seconds = "seconds.txt";

    /// <summary>Folder of the restarts, each a run of its own by its number.</summary>
    public const string Restarts = "restarts";

    /// <summary>Folder of the pictures.</summary>
    public const string Pictures = "pictures";

    /// <summary>Centres of a fitted clusterer, in <see cref="Pictures"/>.</summary>
    public const string CentrePicture = "centres.png";

    /// <summary>What names the picture of a step begins with, in <see cref="Pictures"/>: <c>step-000100.png</c>.</summary>
    public const string StepPicture = "step-";

    /// <summary>Figures of a cell of a sweep, in the cell's run folder.</summary>
    public const string Cell = "cell.json";

    /// <summary>The table of a sweep.</summary>
    public const string SweepTable = "sweep.md";

    /// <summary>The heat map of a sweep, a PNG file.</summary>
    public const string SweepPicture = "sweep.png";

    /// <summary>The heat map of a sweep, an SVG file.</summary>
    public const string SweepDrawing = "sweep.svg";

    /// <summary>The exported decoder of capsules or of an autoencoder.</summary>
    public const string Decoder = "decoder.onnx";

    /// <summary>The exported generator of infogan.</summary>
    public const string Generator = "generator.onnx";

    /// <summary>Folder of the models in a bundle (docs/guides/deploy.md).</summary>
    public const string Bundled = "onnx";

    /// <summary>What a model is called: by its folder where the file is model.onnx, of a bundle the bundle's; else by its file.</summary>
    /// <param name="model">The model's file.</param>
    public static string NameOf(string model)
    {
        (string name, string? folder) = (Path.GetFileNameWithoutExtension(model), Path.GetDirectoryName(Path.GetFullPath(model)));
        folder = Path.GetFileName(folder) == Bundled ? Path.GetDirectoryName(folder) : folder;
        return name == Path.GetFileNameWithoutExtension(Model) && Path.GetFileName(folder) is { Length: > 0 } called ? called : name;
    }

    /// <summary>
    /// The file of a decoder beside the model at <paramref name="model"/>: <c>decoder.onnx</c> beside <c>model.onnx</c>,
    /// <c>OTHER-decoder.onnx</c> beside <c>OTHER.onnx</c>.
    /// </summary>
    /// <param name="model">The encoder's file.</param>
    /// <param name="decoder">The decoder's file in a run folder, such as <see cref="Decoder"/>.</param>
    public static string Beside(string model, string decoder)
    {
        string stem = Path.GetFileNameWithoutExtension(model);
        return Path.Combine(Path.GetDirectoryName(model) ?? "", stem == Path.GetFileNameWithoutExtension(Model) ? decoder
            : $"{stem}-{decoder}");
    }
}

using Toolchain.Commands;
using Toolchain.Data;
using Toolchain.Evaluate;
using Toolchain.Graph;
using Toolchain.Graph.Files;
using Toolchain.Inference;

namespace Toolchain.Cli;

/// <summary>Adds the novelty fit of the training images to a trained model's metadata, as <c>uvl calibrate</c> does.</summary>
static class Calibration
{
    /// <summary>The model with the fit; the same model where it has no embedding, or too few images.</summary>
    public static OnnxModel Of(Terminal terminal, OnnxModel model, ImageSet data, int threads, CancellationToken cancellation)
    {
        if (data.Count < NoveltyFit.LeastImages || model.Outputs.All(output => output.Name != "embedding"))
        {
            return model;
        }
        string folder = Directory.CreateTempSubdirectory("uvl-").FullName;
        try
        {
            string path = Path.Combine(folder, RunLayout.Model);
            model.Save(path);
            using EncoderSession session = EncoderSession.Open(path, new() { Threads = threads });
            Embeddings embeddings = EmbedRun.InMemory(terminal, session, data, cancellation);
            if (NoveltyFit.Of(embeddings, 0, threads, cancellation) is not Novelty novelty)
            {
                terminal.Note("warning: all images have the same embedding; the model has collapsed");
                return model;
            }
            var metadata = new Dictionary<string, string>(model.Metadata);
            NoveltyFit.AddTo(metadata, novelty, data);
            return model.WithMetadata(metadata);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Copies the novelty fit of the run's own model, where that has one, to a model exported from the run again.</summary>
    public static OnnxModel CopyFit(OnnxModel exported, string runModel)
    {
        if (!File.Exists(runModel))
        {
            return exported;
        }
        var metadata = new Dictionary<string, string>(exported.Metadata);
        foreach ((string key, string value) in OnnxFile.Load(runModel).Metadata.Where(pair =>
            pair.Key.StartsWith(ModelKeys.Novelty, StringComparison.Ordinal)))
        {
            metadata[key] = value;
        }
        return exported.WithMetadata(metadata);
    }
}

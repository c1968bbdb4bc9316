using System.Globalization;
using Toolchain.Data.Embeddings;
using Toolchain.Data.Streams;

namespace Toolchain.Inference;

/// <summary>What is embedded, and which columns of it are written.</summary>
/// <param name="Session">The model.</param>
/// <param name="Source">The images.</param>
/// <param name="Options">How they are read, and what is written.</param>
/// <param name="Columns">The columns of a row.</param>
sealed record EmbedWork(EncoderSession Session, ImageStream Source, EmbedOptions Options, EmbeddingColumns Columns)
{
    /// <summary>All that rows depend on, beside the images themselves.</summary>
    public string Identity => string.Create(CultureInfo.InvariantCulture,
        $"model {Session.Sha256}, dataset {Source.Name} {Source.Split} of {Source.Count} images, fit {Source.Preprocess.Fit}, polarity "
            + $"{Source.Polarity}{(Source.IsTransposed ? ", transposed" : "")}, skip {Options.SkipBad}, "
            + $"{Columns with { ClusterDigits = null }}, ONNX Runtime "
            + $"{RuntimeInfo.Version} {Session.Device}, batch {Session.RowsPerBatch}");
}

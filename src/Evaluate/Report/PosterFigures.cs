using Toolchain.Evaluate.Protocols;

namespace Toolchain.Evaluate.Report;

/// <summary>The accuracies printed on the poster, to stand beside ours where the protocol is the same.</summary>
static class PosterFigures
{
    static readonly Dictionary<string, string> figures = new()
    {
        ["kmeans"] = "75.2 %",
        ["gmm"] = "80.8 %",
        ["autoencoder"] = "91.2 %",
        ["moco"] = "96.9 %",
    };

    public static string Of(EvaluationRow row) => row.Protocol == "poster" ? figures.GetValueOrDefault(row.Method, "-") : "-";
}

using System.Text.Json.Nodes;
using Toolchain.Evaluate.Fusion;

namespace Toolchain.Commands;

/// <summary>What <c>uvl cluster</c> says of clusters that it fitted.</summary>
static class FitReport
{
    /// <summary>Prints the summary and how many clusters are empty, and sends both as an event.</summary>
    /// <param name="terminal">Receives them.</param>
    /// <param name="head">The clusters.</param>
    /// <param name="path">The file that was written.</param>
    /// <param name="content">What is in it, such as "pixels to cluster".</param>
    /// <param name="empty">Why clusters may be empty, such as "the 20 images have fewer different embeddings".</param>
    public static void Print(Terminal terminal, FittedHead head, string path, string content, string empty)
    {
        terminal.Line($"{head.Summary}; {content} in {path}");
        if (head.EmptyCount > 0)
        {
            terminal.Note($"{head.EmptyCount} of {head.Count} clusters are empty: {empty}; ask for a smaller --k");
        }
        terminal.Event("clustered", new JsonObject
        {
            ["path"] = path,
            ["k"] = head.Count,
            ["method"] = head.Name,
            ["summary"] = head.Summary,
            ["empty"] = head.EmptyCount,
        });
    }
}

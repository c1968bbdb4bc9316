using System.CommandLine;
using Toolchain.Deploy.Verbs;
using Toolchain.Inference.Trials;

namespace Toolchain.Commands.Plots.Verbs;

/// <summary>The tool of the package <c>uvl</c>: without libtorch, which training needs and which weighs 600 MB.</summary>
public static class PackagedTool
{
    static readonly (string Name, string Purpose)[] ofClone =
    [
        ("train", "Train a method (in a clone of the repository only)."),
        ("sweep", "Train a grid of settings (in a clone of the repository only)."),
        ("views", "Draw the views that a method trains on (in a clone of the repository only)."),
        (Export, "Write the model of a run as ONNX (in a clone of the repository only), or with --from-picture a model that takes "
            + "pictures of any size.\n\nExample: uvl export model.onnx --from-picture --out digits.onnx"),
    ];

    const string Export = "export";

    /// <summary>Runs a command line; returns the exit status.</summary>
    public static int Run(string[] arguments) =>
        LastResort.Run(() => ModelTrial.RunChild(arguments) ?? Refuse(arguments, Console.Error) ?? Create().Run(arguments));

    /// <summary>The program, whose help also lists what needs a clone.</summary>
    internal static UvlProgram Create() => new(GlobalOptions.CreateRoot(
        "uvl embeds, clusters and evaluates images with ONNX models; training is in a clone of the repository.",
        [.. ToolCommands.Create(), .. ofClone.Select(verb => verb.Name == Export ? PictureExport.Create(verb.Purpose)
            : new Command(verb.Name, verb.Purpose))]), ExitCodes.Of);

    /// <summary>Tells what to do instead of a command that needs libtorch; null for another command, or where help is asked for.</summary>
    internal static int? Refuse(string[] arguments, TextWriter error)
    {
        bool isOfClone = ofClone.Any(verb => verb.Name == arguments.FirstOrDefault())
            && !(arguments[0] == Export && arguments.Contains(PictureExport.Name));
        if (!isOfClone || arguments.Any(word => word is "--help" or "-h" or "-?"))
        {
            return null;
        }
        error.WriteLine($"uvl: '{arguments[0]}' needs libtorch (600 MB), which this package leaves out; clone the repository, "
            + $"run 'make build' there (.NET 10 SDK), then './uvl {arguments[0]} ...'.");
        return ExitCodes.Usage;
    }
}

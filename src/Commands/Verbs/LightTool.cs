using Toolchain.Inference.Trials;

namespace Toolchain.Commands.Verbs;

/// <summary>The tool without libtorch.</summary>
public static class LightTool
{
    /// <summary>Runs a command line; returns the exit status.</summary>
    public static int Run(string[] arguments) => LastResort.Run(() => ModelTrial.RunChild(arguments)
        ?? new UvlProgram(GlobalOptions.CreateRoot("uvl, the light tool: embed, cluster and evaluate digit images with ONNX models.",
            SharedCommands.Create()), ExitCodes.Of).Run(arguments));
}

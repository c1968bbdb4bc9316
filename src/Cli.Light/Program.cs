using Toolchain.Cli.Light;
using Toolchain.Inference;

return LastResort.Run(() => ModelTrial.RunChild(args)
    ?? new UvlProgram(GlobalOptions.CreateRoot("uvl, the light tool: embed, cluster and evaluate digit images with ONNX models.",
    LightCommands.Create()), ExitCodes.Of)
        .Run(args));

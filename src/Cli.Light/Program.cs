using Toolchain.Cli.Light;
using Toolchain.Inference;

var program = new UvlProgram(GlobalOptions.CreateRoot("uvl, the light tool: embed, cluster and evaluate digit images with ONNX models.", LightCommands.Create()), ExitCodes.Of);
return ModelTrial.RunChild(args) ?? program.Run(args, Console.Out, Console.Error);

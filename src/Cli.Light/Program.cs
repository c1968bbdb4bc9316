using Toolchain.Cli.Light;

var program = new UvlProgram(GlobalOptions.CreateRoot("uvl, the light tool: embed, cluster and evaluate digit images with ONNX models.", LightCommands.Create()), ExitCodes.Of);
return program.Run(args, Console.Out, Console.Error);

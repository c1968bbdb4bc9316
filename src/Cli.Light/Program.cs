using Toolchain.Commands.Verbs;

return LightTool.Run(args);

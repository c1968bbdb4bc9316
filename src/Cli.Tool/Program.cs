using Toolchain.Commands.Plots.Verbs;

return PackagedTool.Run(args);

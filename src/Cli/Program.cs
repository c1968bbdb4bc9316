using Toolchain.Cli.Commands;
using Toolchain.Commands;
using Toolchain.Inference.Trials;

// A trial of a model is a child of this program that loads no libtorch: before any command is made.
return LastResort.Run(() => ModelTrial.RunChild(args) ?? UvlCommand.Create().Run(args));

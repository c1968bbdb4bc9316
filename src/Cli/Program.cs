using Toolchain.Cli;

return UvlCommand.Create().Run(args, Console.Out, Console.Error);

using Toolchain.Cli;
using Toolchain.Cli.Light;

return LastResort.Run(() => UvlCommand.Create().Run(args));

namespace Toolchain.Cli;

static class   Odd { }

namespace Toolchain.Commands;

/// <summary>One line of a diagnosis.</summary>
/// <param name="Name">What was looked at.</param>
/// <param name="State">The result, for a person.</param>
/// <param name="Good">Whether the program can work with it.</param>
/// <param name="Missing">Whether it is absent, which is no error.</param>
public sealed record Finding(string Name, string State, bool Good = true, bool Missing = false);

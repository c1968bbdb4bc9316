namespace Toolchain.Commands;

/// <summary>One line of a verification.</summary>
/// <param name="Name">What was checked.</param>
/// <param name="Passed">Null where there was nothing to check.</param>
/// <param name="Result">The result, for a person.</param>
sealed record Check(string Name, bool? Passed, string Result);

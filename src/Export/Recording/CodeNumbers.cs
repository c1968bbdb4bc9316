namespace Toolchain.Export.Recording;

/// <summary>Numbers of a module's code and fields, with which it may compare sizes or multiply them.</summary>
/// <param name="Whole">Whole numbers above 1.</param>
/// <param name="Fractions">Numbers that are not whole, those of singles as doubles.</param>
sealed record CodeNumbers(IReadOnlyList<long> Whole, IReadOnlyList<double> Fractions);

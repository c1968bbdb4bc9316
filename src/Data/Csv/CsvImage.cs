namespace Toolchain.Data.Csv;

/// <summary>An image as a line of a table has it.</summary>
/// <param name="Line">1-based number of the line.</param>
/// <param name="Values">Its pixels, row-major, in the scale of the table.</param>
/// <param name="Label">The text of its label; null where the table has no labels.</param>
sealed record CsvImage(long Line, double[] Values, string? Label);

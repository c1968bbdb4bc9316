using System.Globalization;

namespace Toolchain.EndToEnd.Torture;

/// <summary>Rows of the campaign's table: UVL_TORTURE_TABLE names the file to which they are appended.</summary>
static class TortureTable
{
    /// <summary>Adds a row.</summary>
    public static void Add(ITestOutputHelper output, string family, string what, int tried, int failed)
    {
        string row = string.Create(CultureInfo.InvariantCulture, $"| {family} | {what} | {tried} | {failed} |");
        output.WriteLine(row);
        if (Environment.GetEnvironmentVariable("UVL_TORTURE_TABLE") is string table)
        {
            File.AppendAllText(table, row + "\n");
        }
    }

    /// <summary>A number that the environment may set.</summary>
    public static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is string given ? int.Parse(given, CultureInfo.InvariantCulture) : otherwise;
}

using System.Globalization;

namespace Toolchain.Data.Strokes;

/// <summary>One way of writing a digit.</summary>
/// <param name="Strokes">Pen strokes; each is a chain of curves whose ends are corners.</param>
/// <param name="Weight">How often it is written, relative to the digit's other forms.</param>
sealed record StrokeForm(StrokeCurve[] Strokes, int Weight);

/// <summary>A smooth curve through control points.</summary>
/// <param name="First">Index of the first control point among those of its form.</param>
/// <param name="Points">x and y of each control point, in percent of the digit's height, y downwards.</param>
/// <param name="Joined">True where it goes on from the last point of the curve before it.</param>
readonly record struct StrokeCurve(int First, (float X, float Y)[] Points, bool Joined);

/// <summary>The written forms of the ten digits.</summary>
static class StrokeForms
{
    // Control points "x y"; '!' marks a corner, '|' lifts the pen. Drawn by hand after common European and American school forms.
    static readonly Row[] Table =
    [
        new(0, 4, "30 0, 8 17, 0 50, 9 84, 31 100, 53 83, 60 50, 52 17, 33 1"),
        new(0, 3, "22 0, 6 18, 0 50, 5 82, 19 100, 34 82, 40 50, 34 16, 19 2"),
        new(0, 3, "46 8, 24 2, 5 28, 2 66, 20 98, 44 93, 60 60, 55 22, 36 3, 22 10"),
        new(0, 1, "30 0, 8 17, 0 50, 9 84, 31 100, 53 83, 60 50, 52 17, 32 0 | 54 10, 30 50, 6 90"),
        new(1, 4, "6 0, 5 50, 6 100"),
        new(1, 3, "13 18, 20 9, 27 0!, 26 50, 25 100"),
        new(1, 2, "10 19, 18 9, 26 0!, 25 50, 25 100 | 2 100, 26 99, 50 100"),
        new(1, 1, "24 0, 24 50, 24 100 | 2 100, 26 100, 48 99"),
        new(2, 4, "3 22, 12 5, 34 0, 52 13, 49 36, 28 64, 0 98!, 30 96, 62 98"),
        new(2, 4, "2 22, 16 3, 38 0, 54 16, 48 42, 28 72, 10 94, 0 90, 6 79, 22 84, 42 98, 64 91"),
        new(2, 2, "3 9, 24 0, 45 9, 48 28, 34 58, 8 96!, 30 89, 46 97, 62 94"),
        new(3, 4, "3 14, 22 0, 47 7, 49 29, 36 43, 20 48!, 42 51, 56 70, 48 92, 24 100, 0 87"),
        new(3, 3, "3 1, 28 0, 52 0!, 40 20, 22 41!, 46 45, 57 68, 46 92, 22 100, 0 90"),
        new(3, 3, "4 12, 24 0, 46 8, 46 28, 32 42, 20 45, 22 50, 38 51, 54 66, 48 90, 24 100, 0 90"),
        new(4, 4, "12 0, 6 28, 0 60!, 30 60, 62 57 | 46 12, 44 54, 42 100"),
        new(4, 3, "6 0, 1 28, 6 52, 26 57, 48 45 | 52 2, 48 50, 45 100"),
        new(4, 4, "44 0, 22 32, 0 66!, 30 66, 64 64 | 44 0, 44 50, 43 100"),
        new(5, 4, "9 2, 7 20, 4 42!, 24 35, 48 44, 56 67, 44 92, 20 100, 0 91 | 9 2, 32 3, 58 0"),
        new(5, 3, "56 1, 32 1, 12 3!, 9 22, 5 43!, 28 37, 50 48, 55 72, 38 96, 16 100, 0 90"),
        new(5, 2, "54 1, 28 2, 12 16, 14 38, 38 49, 51 70, 38 95, 16 100, 0 90"),
        new(6, 4, "44 0, 22 16, 6 44, 0 72, 10 94, 30 100, 48 88, 50 68, 36 54, 16 60, 4 80"),
        new(6, 3, "30 0, 14 34, 2 70, 8 92, 26 100, 45 89, 46 69, 30 59, 6 74"),
        new(7, 4, "0 4, 30 3, 62 0!, 42 46, 25 100"),
        new(7, 3, "0 4, 30 2, 60 0!, 42 46, 26 100 | 14 52, 34 50, 54 47"),
        new(7, 2, "0 18, 3 3!, 31 3, 62 0!, 41 46, 29 100"),
        new(8, 4, "46 14, 28 0, 8 11, 11 31, 30 46, 50 64, 50 88, 27 100, 5 88, 7 65, 29 47, 46 31, 46 13"),
        new(8, 3, "28 0, 10 9, 10 34, 28 45, 46 34, 46 10, 29 0 | 28 45, 4 60, 4 88, 28 100, 52 88, 52 60, 29 45"),
        new(8, 2, "50 9, 32 0, 12 12, 16 33, 36 50, 47 70, 39 94, 18 98, 8 80, 20 60, 42 38, 54 12"),
        new(9, 4, "48 14, 27 0, 6 13, 4 36, 22 48, 41 37, 48 12!, 47 54, 46 100"),
        new(9, 3, "48 12, 26 0, 4 16, 6 40, 25 48, 44 34, 50 12!, 51 42, 44 76, 27 99, 6 92"),
        new(9, 3, "50 7, 29 0, 8 14, 4 37, 21 47, 42 30, 51 6!, 40 52, 26 100"),
    ];

    /// <summary>The forms of each digit.</summary>
    public static StrokeForm[][] OfDigit { get; } =
        [.. Enumerable.Range(0, 10).Select(digit =>
            Table.Where(row => row.Digit == digit).Select(row => new StrokeForm(Parse(row.Path), row.Weight)).ToArray())];

    /// <summary>Control points of the form that has most.</summary>
    public static int MaxPoints { get; } = OfDigit.SelectMany(forms => forms).Max(form => form.Strokes.Sum(curve => curve.Points.Length));

    readonly record struct Row(int Digit, int Weight, string Path);

    static StrokeCurve[] Parse(string path)
    {
        var curves = new List<StrokeCurve>();
        int first = 0;
        foreach (string stroke in path.Split('|'))
        {
            bool joined = false;
            var points = new List<(float, float)>();
            foreach (string point in stroke.Split(','))
            {
                string[] numbers = point.Trim().TrimEnd('!').Split(' ');
                (float, float) at = (float.Parse(numbers[0], CultureInfo.InvariantCulture) / 100,
                    float.Parse(numbers[1], CultureInfo.InvariantCulture) / 100);
                points.Add(at);
                if (point.Contains('!', StringComparison.Ordinal))
                {
                    Finish();
                    joined = true;
                    points = [at];
                }
            }
            Finish();

            void Finish()
            {
                // The corner is one point of two curves and must be moved once, so the later curve starts on the last point of the earlier.
                first -= joined ? 1 : 0;
                curves.Add(new(first, [.. points], joined));
                first += points.Count;
            }
        }
        return [.. curves];
    }
}

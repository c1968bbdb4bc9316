namespace Toolchain.Export.Conversion;

/// <summary>
/// A size as floor((<paramref name="Factor"/> * left [operation right] + <paramref name="Summand"/>) / <paramref name="Divisor"/>) of known
/// sizes.
/// </summary>
/// <param name="Left">Position of the left operand among the known sizes.</param>
/// <param name="Operation">'*', '+' or '-', or ' ' where there is no right operand.</param>
/// <param name="Right">Position of the right operand.</param>
/// <param name="Factor">A whole number, not 0.</param>
/// <param name="Summand">A whole number.</param>
/// <param name="Divisor">At least 1.</param>
sealed record SizeExpression(int Left, char Operation, int Right, long Factor, long Summand, long Divisor)
{
    const long LargestDivisor = 64, LargestSize = 1000;

    /// <summary>
    /// The simplest expression that gives <paramref name="wanted"/> in every recording, or null. What the recordings cannot tell apart is
    /// told apart by the proof at sizes that were never traced.
    /// </summary>
    public static SizeExpression? Solve(Quantity wanted, IReadOnlyList<Quantity> known)
    {
        IEnumerable<(Quantity Base, SizeExpression Form)> singles = known.Select((size, i) =>
            (size, new SizeExpression(i, ' ', i, 1, 0, 1)));
        var pairs = known.SelectMany((left, i) => known.Select((right, j) => (left, right, i, j))).SelectMany(pair => new[]
        {
            (Quantity.Combine(pair.left, pair.right, (a, b) => a * b), new SizeExpression(pair.i, '*', pair.j, 1, 0, 1)),
            (Quantity.Combine(pair.left, pair.right, (a, b) => a + b), new SizeExpression(pair.i, '+', pair.j, 1, 0, 1)),
            (Quantity.Combine(pair.left, pair.right, (a, b) => a - b), new SizeExpression(pair.i, '-', pair.j, 1, 0, 1)),
        });
        (Quantity Base, SizeExpression Form)[] candidates = [.. singles, .. pairs];
        return First(candidates, candidate => Linear(wanted, candidate.Base, candidate.Form) is { Summand: 0, Divisor: 1 } plain ? plain
            : null)
            ?? First(candidates, candidate => Linear(wanted, candidate.Base, candidate.Form))
            ?? First(candidates, candidate => Floored(wanted, candidate.Base, candidate.Form));
    }

    static SizeExpression? First((Quantity, SizeExpression)[] candidates, Func<(Quantity Base, SizeExpression Form),
        SizeExpression?> solve) =>
        candidates.Select(solve).FirstOrDefault(solution => solution is not null);

    // wanted * divisor = factor * base + summand, exactly; the slope comes from the two recordings that are furthest apart.
    static SizeExpression? Linear(Quantity wanted, Quantity given, SizeExpression form)
    {
        int low = IndexOf(given, given.Values.Min()), high = IndexOf(given, given.Values.Max());
        (long rise, long run) = (wanted.Values[high] - wanted.Values[low], given.Values[high] - given.Values[low]);
        if (run == 0 || rise == 0)
        {
            return null;
        }
        long common = (long)System.Numerics.BigInteger.GreatestCommonDivisor(rise, run);
        (long factor, long divisor) = (rise / common, run / common);
        long summand = wanted.Values[low] * divisor - factor * given.Values[low];
        bool fits = divisor <= LargestDivisor && wanted.Values.Zip(given.Values)
            .All(pair => pair.First * divisor == factor * pair.Second + summand);
        return fits ? form with { Factor = factor, Summand = summand, Divisor = divisor } : null;
    }

    // wanted = floor((base + summand) / divisor), as strides and poolings give it; of several the plain quotient, plus a whole number.
    static SizeExpression? Floored(Quantity wanted, Quantity given, SizeExpression form) =>
        Fits(wanted, given).OrderBy(fit => fit.Summand % fit.Divisor != 0)
            .Select(fit => form with { Summand = fit.Summand, Divisor = fit.Divisor }).FirstOrDefault();

    static IEnumerable<(long Summand, long Divisor)> Fits(Quantity wanted, Quantity given)
    {
        for (long divisor = 2; divisor <= LargestDivisor; divisor++)
        {
            for (long step = 0; step <= 2 * divisor; step++)
            {
                long summand = step % 2 == 0 ? step / 2 : -(step / 2) - 1; // 0, -1, 1, -2, 2, ..
                if (wanted.Values.Zip(given.Values).All(pair =>
                pair.Second + summand >= 0 && pair.First == (pair.Second + summand) / divisor))
                {
                    yield return (summand, divisor);
                }
            }
        }
    }

    /// <summary>Whether several quotients of a size give a number in every recording, and differ at other sizes.</summary>
    public static bool IsAmbiguous(Quantity wanted, Quantity size)
    {
        if (wanted.IsConstant || size.IsConstant || Linear(wanted, size, new SizeExpression(0, ' ', 0, 1, 0, 1)) is not null)
        {
            return false;
        }
        (long Summand, long Divisor)[] fits = [.. Fits(wanted, size)];
        return fits.Length > 1 && Enumerable.Range(1, 2 * (int)Math.Min(size.Values.Max(), LargestSize))
            .Any(at => fits.Select(fit => Math.Max(at + fit.Summand, 0) / fit.Divisor).Distinct().Count() > 1);
    }

    static int IndexOf(Quantity quantity, long value) => quantity.Values.ToList().IndexOf(value);

    /// <summary>Such as "H*W" or "2*H+1", given the names of the known sizes; without the divisor.</summary>
    public string Describe(IReadOnlyList<string> names)
    {
        string text = Operation == ' ' ? names[Left] : $"{names[Left]}{Operation}{names[Right]}";
        text = Factor == 1 ? text : Operation is '+' or '-' ? $"{Factor}*({text})" : $"{Factor}*{text}";
        return Summand == 0 ? text : Summand > 0 ? $"{text}+{Summand}" : $"{text}{Summand}";
    }
}

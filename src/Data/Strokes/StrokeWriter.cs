using Toolchain.Data.Seeds;

namespace Toolchain.Data.Strokes;

/// <summary>
/// Writes one digit at a time: picks a form, moves its control points, runs splines through them, slants, turns and scales the lines into
/// MNIST's box of 20 x 20, or as large a part of another size. Uses only +, -, *, / and square roots, which IEEE 754
/// fixes to the bit, so the images are the same on every machine.
/// </summary>
/// <param name="side">Of an image, pixels.</param>
sealed class StrokeWriter(int side)
{
    // In MNIST's field.
    const float Side = 28, Box = 20;

    // Lines per curve piece between two control points: at most about 1.5 pixels each in MNIST's field, not much longer in others.
    const int LinesPerPiece = 6, MostLines = LinesPerPiece * (ImageShape.MostSide / 28 + 1);

    // Spreads, chosen so that raw pixels stay hard for k-means and easy for neighbours (docs/reference/data.md has the measurement).
    const float PointSpread = 0.085f, StrokeSpread = 0.05f, BendSpread = 0.35f, SlantMean = 0.12f, SlantSpread = 0.5f,
        HalfTurnSpread = 0.16f;
    const float NarrowestAspect = 0.6f, WidestAspect = 1.3f, ThinnestPen = 0.65f, ThickestPen = 1.75f;

    readonly int linesPerPiece = LinesPerPiece * ((side + 27) / 28);
    readonly StrokeCanvas canvas = new(side);
    readonly float[] controlX = new float[StrokeForms.MaxPoints], controlY = new float[StrokeForms.MaxPoints];
    readonly float[] lineX = new float[StrokeForms.MaxPoints * MostLines + StrokeForms.MaxPoints],
        lineY = new float[StrokeForms.MaxPoints * MostLines + StrokeForms.MaxPoints];
    readonly bool[] penDown = new bool[StrokeForms.MaxPoints * MostLines + StrokeForms.MaxPoints];
    int pointCount;

    /// <summary>Writes one image of side * side pixels; <paramref name="random"/> alone decides how it looks.</summary>
    public void Write(int digit, ref RandomStream random, Span<byte> destination)
    {
        StrokeForm form = Pick(StrokeForms.OfDigit[digit], ref random);
        MovePoints(form, ref random);
        pointCount = 0;
        foreach (StrokeCurve curve in form.Strokes)
        {
            Trace(curve);
        }
        Distort(ref random);
        float penRadius = (ThinnestPen + (ThickestPen - ThinnestPen) * random.NextSingle()) * (side / Side);
        Fit(penRadius);
        canvas.Clear();
        for (int i = 1; i < pointCount; i++)
        {
            if (penDown[i])
            {
                canvas.Line(lineX[i - 1], lineY[i - 1], lineX[i], lineY[i], penRadius);
            }
        }
        canvas.Finish(penRadius, destination);
    }

    static StrokeForm Pick(StrokeForm[] forms, ref RandomStream random)
    {
        int total = 0;
        foreach (StrokeForm form in forms)
        {
            total += form.Weight;
        }
        int ticket = random.NextInt32(total), index = 0;
        while (ticket >= forms[index].Weight)
        {
            ticket -= forms[index++].Weight;
        }
        return forms[index];
    }

    void MovePoints(StrokeForm form, ref RandomStream random)
    {
        float strokeX = 0, strokeY = 0;
        foreach (StrokeCurve curve in form.Strokes)
        {
            if (!curve.Joined)
            {
                (strokeX, strokeY) = (Spread(ref random, StrokeSpread), Spread(ref random, StrokeSpread));
            }
            for (int i = curve.Joined ? 1 : 0; i < curve.Points.Length; i++)
            {
                controlX[curve.First + i] = curve.Points[i].X + strokeX + Spread(ref random, PointSpread);
                controlY[curve.First + i] = curve.Points[i].Y + strokeY + Spread(ref random, PointSpread);
            }
        }
    }

    // Catmull and Rom (1974): a cubic between each two points, with the slope at a point half the step from its left to its right
    // neighbour; the ends are their own neighbours.
    void Trace(StrokeCurve curve)
    {
        int last = curve.First + curve.Points.Length - 1;
        if (!curve.Joined)
        {
            Add(controlX[curve.First], controlY[curve.First], false);
        }
        for (int i = curve.First; i < last; i++)
        {
            int before = Math.Max(curve.First, i - 1), after = Math.Min(last, i + 2);
            for (int step = 1; step <= linesPerPiece; step++)
            {
                float t = (float)step / linesPerPiece;
                Add(Cubic(controlX[before], controlX[i], controlX[i + 1], controlX[after], t),
                    Cubic(controlY[before], controlY[i], controlY[i + 1], controlY[after], t), true);
            }
        }
    }

    void Add(float x, float y, bool down)
    {
        lineX[pointCount] = x;
        lineY[pointCount] = y;
        penDown[pointCount++] = down;
    }

    static float Cubic(float before, float from, float to, float after, float t) =>
        from + 0.5f * t * (to - before + t * (2 * before - 5 * from + 4 * to - after + t * (3 * (from - to) + after - before)));

    // Bend across both axes, aspect, slant, then a turn by an angle whose half has the tangent drawn here: no sine is needed.
    void Distort(ref RandomStream random)
    {
        float bendX = Spread(ref random, BendSpread), bendY = Spread(ref random, BendSpread);
        float aspect = NarrowestAspect + (WidestAspect - NarrowestAspect) * random.NextSingle();
        float slant = SlantMean + Spread(ref random, SlantSpread);
        float half = Spread(ref random, HalfTurnSpread);
        float cosine = (1 - half * half) / (1 + half * half), sine = 2 * half / (1 + half * half);
        for (int i = 0; i < pointCount; i++)
        {
            // About the middle of the forms, which are about 0.6 wide and 1 high.
            float x = lineX[i] - 0.3f, y = lineY[i] - 0.5f;
            (x, y) = ((x + bendX * y * y) * aspect, y + bendY * x * x);
            x -= slant * y;
            (lineX[i], lineY[i]) = (cosine * x - sine * y, sine * x + cosine * y);
        }
    }

    // Ink, pen width included, fills the box in its longer direction.
    void Fit(float penRadius)
    {
        float left = float.MaxValue, top = float.MaxValue, right = float.MinValue, bottom = float.MinValue;
        for (int i = 0; i < pointCount; i++)
        {
            (left, right) = (MathF.Min(left, lineX[i]), MathF.Max(right, lineX[i]));
            (top, bottom) = (MathF.Min(top, lineY[i]), MathF.Max(bottom, lineY[i]));
        }
        float scale = (Box * (side / Side) - 2 * penRadius) / MathF.Max(right - left, bottom - top);
        float centre = side / 2f;
        float middleX = (left + right) / 2, middleY = (top + bottom) / 2;
        for (int i = 0; i < pointCount; i++)
        {
            lineX[i] = centre + (lineX[i] - middleX) * scale;
            lineY[i] = centre + (lineY[i] - middleY) * scale;
        }
    }

    // In (-spread, spread), most often near 0: the difference of two uniforms.
    static float Spread(ref RandomStream random, float spread) => (random.NextSingle() - random.NextSingle()) * spread;
}

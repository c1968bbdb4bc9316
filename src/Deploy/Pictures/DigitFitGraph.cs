using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Deploy.Pictures;

/// <summary>Data's DigitFit as nodes: cut to the ink, scaled into the box, put with its centre of mass at the middle.</summary>
/// <param name="shape">Of the result.</param>
sealed class DigitFitGraph(ImageShape shape)
{
    // As in DigitFit: the box's part of the field, and the contrast below which lies noise.
    const double BoxShare = 20 / 28.0, NoiseLevel = 40;

    /// <summary>Fits planes [N,H,W] to [N,H',W'], whole numbers in [0..255].</summary>
    /// <param name="plane">Pictures in grey.</param>
    /// <param name="level">Level of their background, [N,1,1].</param>
    /// <param name="inverted">1 where their ink is darker than that, else 0, [N,1,1].</param>
    /// <param name="rows">Rows of the pictures.</param>
    /// <param name="columns">Columns of the pictures.</param>
    public Term Fit(Term plane, Term level, Term inverted, PictureLines rows, PictureLines columns)
    {
        int box = (int)Math.Round(Math.Min(shape.Width, shape.Height) * BoxShare);
        Term contrast = ((1 - inverted * 2) * (plane - level) - NoiseLevel).Apply("Relu"); // [N,H,W]
        // In float32, as DigitFit divides.
        Term ink = (contrast.Cast(ElementType.Float32) / contrast.Reduce("ReduceMax", 1, 2).OrOne().Cast(ElementType.Float32))
            .Cast(ElementType.Float64);
        (Term top, Term height) = Bounds(contrast.Reduce("ReduceMax", 2).Transpose(), rows);
        (Term left, Term width) = Bounds(contrast.Reduce("ReduceMax", 1), columns);
        Term scale = box / width.Apply("Max", height);
        Term columnCount = (width * scale).Apply("Round").AtLeast(1), rowCount = (height * scale).Apply("Round").AtLeast(1);
        (Term across, Term acrossSums) = columns.Scale(left, width, columnCount, null, box);
        (Term down, Term downSums) = rows.Scale(top, height, rowCount, null, box);
        // Columns first, each result in float32, as Resampling does.
        Term narrowed = Rounded(ink.Apply("MatMul", across.Transpose()) / acrossSums.Transpose()); // [N,H,box]
        Term scaled = Rounded(down.Apply("MatMul", narrowed) / downSums); // [N,box,box]
        Term mass = scaled.Reduce("ReduceSum", 1, 2).OrOne(), middle = rows.Numbers(box) + 0.5;
        Term massX = (scaled * middle.Unsqueeze(0, 1)).Reduce("ReduceSum", 1, 2),
            massY = (scaled * middle.Unsqueeze(0, 2)).Reduce("ReduceSum", 1, 2);
        Term strong = scaled.Cast(ElementType.Float32);
        Term bytes = (strong / strong.Reduce("ReduceMax", 1, 2).OrOne() * 255).Apply("Round").Cast(ElementType.Float64);
        Term moveDown = rows.Move(Place(massY / mass, rowCount, shape.Height), shape.Height, box),
            moveRight = columns.Move(Place(massX / mass, columnCount, shape.Width), shape.Width, box);
        return moveDown.Apply("MatMul", bytes).Apply("MatMul", moveRight.Transpose());
    }

    // First line with ink and number of lines up to the last, [N,1,1]; of a blank picture one line.
    static (Term First, Term Count) Bounds(Term strongest, PictureLines lines)
    {
        Term hasInk = strongest.Is("Greater", strongest.Number(0)); // [N,1,length]
        Term first = (lines.Indices * hasInk + (1 - hasInk) * lines.Length).Reduce("ReduceMin", 2);
        Term end = ((lines.Indices + 1) * hasInk).Reduce("ReduceMax", 2);
        return (first, (end - first).AtLeast(1));
    }

    // Where the first line goes, so that the centre of mass is in the middle and all lines are in the field.
    static Term Place(Term centre, Term count, int side) => (side / 2.0 - centre).Apply("Round").AtLeast(0).Apply("Min", side - count);

    static Term Rounded(Term value) => value.Cast(ElementType.Float32).Cast(ElementType.Float64);
}

using Toolchain.Data;
using Toolchain.Graph;
using Toolchain.Graph.Building;

namespace Toolchain.Deploy.Pictures;

/// <summary>The fits letterbox, crop and stretch of Data's PictureFit as nodes.</summary>
/// <param name="preprocess">Shape and fit.</param>
sealed class ScaleGraph(Preprocess preprocess)
{
    /// <summary>Fits planes [N,H,W] to [N,H',W'], whole numbers in [0..255].</summary>
    /// <param name="plane">A channel of the pictures.</param>
    /// <param name="level">Level of their background, [N,1,1]: of the bars.</param>
    /// <param name="rows">Rows of the pictures.</param>
    /// <param name="columns">Columns of the pictures.</param>
    public Term Fit(Term plane, Term level, PictureLines rows, PictureLines columns)
    {
        (int sideX, int sideY) = (preprocess.Shape.Width, preprocess.Shape.Height);
        Term zero = level * 0, width = zero + columns.Length, height = zero + rows.Length; // [N,1,1]
        Term narrow = (width * sideY).Is("Less", height * sideX), isWide = 1 - narrow;
        (Term left, Term top, Term partWidth, Term partHeight) = (zero, zero, width, height);
        (Term columnCount, Term rowCount) = (zero + sideX, zero + sideY);
        if (preprocess.Fit == FitMode.Crop)
        {
            partWidth = isWide * Nearest(height, sideX, zero + sideY) + narrow * width;
            partHeight = isWide * height + narrow * Nearest(width, sideY, zero + sideX);
            (left, top) = (((width - partWidth) / 2).Apply("Floor"), ((height - partHeight) / 2).Apply("Floor"));
        }
        else if (preprocess.Fit == FitMode.Letterbox)
        {
            columnCount = isWide * (double)sideX + narrow * Nearest(width, sideY, height);
            rowCount = isWide * Nearest(height, sideX, width) + narrow * (double)sideY;
        }
        Term shiftX = ((sideX - columnCount) / 2).Apply("Floor"), shiftY = ((sideY - rowCount) / 2).Apply("Floor");
        (Term across, Term acrossSums) = columns.Scale(left, partWidth, columnCount, shiftX, sideX);
        (Term down, Term downSums) = rows.Scale(top, partHeight, rowCount, shiftY, sideY);
        Term narrowed = (plane.Apply("MatMul", across.Transpose()) / acrossSums.Transpose()).Cast(ElementType.Float32)
            .Cast(ElementType.Float64);
        Term scaled = (down.Apply("MatMul", narrowed) / downSums).Cast(ElementType.Float32).Apply("Round").Cast(ElementType.Float64);
        Term inside = PictureLines.Inside(rows.Numbers(sideY).Unsqueeze(0, 2) - shiftY, rowCount)
            * PictureLines.Inside(columns.Numbers(sideX).Unsqueeze(0, 1) - shiftX, columnCount);
        return scaled * inside + level * (1 - inside);
    }

    // length * numerator / denominator, at least 1.
    static Term Nearest(Term length, int numerator, Term denominator) =>
        (length * (double)numerator / denominator).Apply("Round").AtLeast(1);
}

using System.Runtime.Intrinsics;

namespace Toolchain.Train.Models.Capsules.Kernels;

/// <summary>
/// Log-likelihood of images and its gradients, one image after another, in a workspace of its own. At a pixel y with components m of value
/// v_m and mixing logit l_m, let N_m = exp(-(y - v_m)^2 / 2s^2): log p = log sum exp(l_m) N_m - log sum exp(l_m) - log s sqrt(2 pi), so
/// with r_m = exp(l_m) N_m / sum and q_m = exp(l_m) / sum the gradients are r_m - q_m for l_m and r_m (y - v_m) / s^2 for v_m. Outside its
/// template a part has value 0 and logit log presence, so both sums start from all presences at once and are mended where templates lie.
/// </summary>
sealed class ImageKernel
{
    const int Lanes = 8;

    readonly int side, stride, partCount;
    readonly float precision; // 1 / s^2
    readonly double normaliser; // log s sqrt(2 pi)
    readonly TemplateTable table;
    readonly TemplateReader reader;
    readonly float[] pixel, black, backdrop, weighted, total; // per pixel: y, N of black, N of the background, sum exp(l) N, sum exp(l)
    readonly float[] ratio, inverse, blackGradient; // 1 / weighted, 1 / total, gradient for the presence of a part that is black here
    float background, mixing;

    public ImageKernel(int side, int templateSide, int partCount, float deviation)
    {
        (this.side, this.partCount) = (side, partCount);
        stride = (side + Lanes - 1) / Lanes * Lanes;
        precision = 1 / (deviation * deviation);
        normaliser = Math.Log(deviation * Math.Sqrt(2 * Math.PI));
        table = new TemplateTable(templateSide, partCount);
        reader = new TemplateReader(table, side, stride, partCount);
        float[] Row() => new float[side * stride];
        (pixel, black, backdrop, weighted, total) = (Row(), Row(), Row(), Row(), Row());
        (ratio, inverse, blackGradient) = (Row(), Row(), Row());
    }

    /// <summary>Sum over the images since <see cref="Begin"/>.</summary>
    public double LogLikelihood { get; private set; }

    /// <summary>Its gradient for the brightness of the background.</summary>
    public double ToBackground { get; private set; }

    /// <summary>Its gradient for the mixing logit of the background.</summary>
    public double ToMixing { get; private set; }

    /// <summary>Starts a task with templates [P,T,T] and a background.</summary>
    public void Begin(float[] ink, float[] opacity, float background, float mixing)
    {
        (this.background, this.mixing) = (background, mixing);
        (LogLikelihood, ToBackground, ToMixing) = (0, 0, 0);
        table.Load(ink, opacity);
    }

    /// <summary>Adds an image, and writes its gradients for poses, presences and colours.</summary>
    public void Add(int image, float[] pixels, float[] pose, float[] presence, float[] colour, ImageGradient gradient)
    {
        int first = image * partCount;
        LoadPixels(pixels.AsSpan(image * side * side, side * side));
        float present = 0;
        for (int part = 0; part < partCount; part++)
        {
            present += presence[first + part];
        }
        BeginSums(present);
        reader.Clear();
        for (int part = 0; part < partCount; part++)
        {
            reader.Read(part, pose.AsSpan((first + part) * 6, 6));
            AddToSums(part, presence[first + part], colour[first + part]);
        }
        float everywhere = FinishSums();
        for (int part = 0; part < partCount; part++)
        {
            (float toPresence, float toColour) = Backward(part, presence[first + part], colour[first + part],
                gradient.Pose.AsSpan((first + part) * 6, 6));
            gradient.Presence[first + part] = everywhere + toPresence;
            gradient.Colour[first + part] = toColour;
        }
    }

    /// <summary>Adds the gradients for ink and opacity, [P,T,T] both.</summary>
    public void AddTemplateGradients(float[] ink, float[] opacity) => table.AddGradients(ink, opacity);

    void LoadPixels(ReadOnlySpan<float> image)
    {
        for (int y = 0; y < side; y++)
        {
            image.Slice(y * side, side).CopyTo(pixel.AsSpan(y * stride));
        }
    }

    void BeginSums(float present)
    {
        float share = MathF.Exp(mixing);
        for (int at = 0; at < pixel.Length; at += Lanes)
        {
            Vector256<float> y = Load(pixel, at), ofBlack = Density(y), ofBackground = Density(y - Vector256.Create(background));
            ofBlack.CopyTo(black, at);
            ofBackground.CopyTo(backdrop, at);
            (ofBlack * present + ofBackground * share).CopyTo(weighted, at);
            Vector256.Create(present + share).CopyTo(total, at);
        }
    }

    void AddToSums(int part, float presence, float colour)
    {
        TemplateReader.Places places = reader.Of(part);
        for (int i = places.First; i < places.End; i++)
        {
            int at = reader.Pixel[i];
            Vector256<float> density = Density(Load(pixel, at) - reader.Ink[i] * colour);
            Vector256<float> weight = Exponential.Of(reader.Opacity[i]);
            (reader.Density[i], reader.Weight[i]) = (density, weight);
            (Load(weighted, at) + (weight * density - Load(black, at)) * presence).CopyTo(weighted, at);
            (Load(total, at) + (weight - Vector256<float>.One) * presence).CopyTo(total, at);
        }
    }

    // Returns the gradient for the presence of a part that covers no pixel.
    float FinishSums()
    {
        float share = MathF.Exp(mixing);
        double likelihood = -side * side * normaliser;
        Vector256<float> everywhere = default, toMixing = default, toBackground = default;
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < stride; x += Lanes)
            {
                int at = y * stride + x;
                Vector256<float> ofBackground = Load(backdrop, at) * share, all = Load(total, at);
                // No less than one of its terms, however the mending was rounded.
                Vector256<float> sum = Vector256.Max(Load(weighted, at), ofBackground);
                // Beyond the right edge everything is 0.
                Vector256<float> inside = Vector256.LessThan(Columns + Vector256.Create((float)x), Vector256.Create((float)side));
                likelihood += Vector256.Sum(Vector256.Log(sum / all) & inside);
                Vector256<float> overSum = (Vector256<float>.One / sum) & inside, overAll = (Vector256<float>.One / all) & inside;
                overSum.CopyTo(ratio, at);
                overAll.CopyTo(inverse, at);
                Vector256<float> ofBlack = Load(black, at) * overSum - overAll, responsibility = ofBackground * overSum;
                ofBlack.CopyTo(blackGradient, at);
                everywhere += ofBlack;
                toMixing += responsibility - overAll * share;
                toBackground += responsibility * (Load(pixel, at) - Vector256.Create(background)) * precision;
            }
        }
        LogLikelihood += likelihood;
        ToMixing += Vector256.Sum(toMixing);
        ToBackground += Vector256.Sum(toBackground);
        return Vector256.Sum(everywhere);
    }

    (float ToPresence, float ToColour) Backward(int part, float presence, float colour, Span<float> toPose)
    {
        Vector256<float> toPresence = default, toColour = default;
        TemplateReader.Places places = reader.Of(part);
        for (int i = places.First; i < places.End; i++)
        {
            int at = reader.Pixel[i];
            Vector256<float> weight = reader.Weight[i], ink = reader.Ink[i];
            Vector256<float> ofSum = weight * reader.Density[i] * Load(ratio, at), logit = ofSum - weight * Load(inverse, at);
            toPresence += logit - Load(blackGradient, at);
            Vector256<float> value = ofSum * (presence * precision) * (Load(pixel, at) - ink * colour);
            toColour += value * ink;
            reader.Backward(i, value * colour, logit * presence);
        }
        reader.FinishPart(part, toPose);
        return (Vector256.Sum(toPresence), Vector256.Sum(toColour));
    }

    Vector256<float> Density(Vector256<float> distance) => Exponential.Of(distance * distance * (-0.5f * precision));

    static Vector256<float> Columns => Vector256.Create(0f, 1, 2, 3, 4, 5, 6, 7);

    static Vector256<float> Load(float[] values, int at) => Vector256.LoadUnsafe(ref values[0], (nuint)at);
}

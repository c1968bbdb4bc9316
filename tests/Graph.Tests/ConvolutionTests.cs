using Toolchain.Graph.Building;
using Toolchain.Graph.Evaluation;

namespace Toolchain.Graph.Tests;

/// <summary>The blocked convolution against the loop of ONNX's definition: the same bits.</summary>
public sealed class ConvolutionTests
{
    [Theory]
    [InlineData(1, 3, 5, 7, 6, 3, 1, 1, 1, 1)]
    [InlineData(2, 4, 6, 9, 8, 2, 2, 0, 1, 2)]
    [InlineData(1, 1, 1, 4, 4, 4, 1, 0, 1, 1)]
    [InlineData(3, 6, 9, 5, 11, 3, 2, 2, 2, 3)]
    [InlineData(1, 8, 4, 1, 17, 1, 1, 0, 1, 4)]
    [InlineData(1, 40, 7, 6, 9, 3, 1, 1, 1, 1)] // a depth above that of a panel
    [InlineData(1, 2, 261, 3, 5, 1, 1, 0, 1, 1)] // more rows than a task takes
    public void Conv_OfRandomNumbers_EqualsThePlainLoop(int batch, int channels, int maps, int height, int width, int kernel, int stride,
    int pad, int dilation, int groups)
    {
        var random = new Random(channels);
        double[] image = Draw(batch * channels * height * width), weight = Draw(maps * (channels / groups) * kernel * kernel),
            bias = Draw(maps);
        var graph = new GraphBuilder();
        Value x = graph.Input("x", ElementType.Float64, new Shape("N", channels, height, width));
        graph.Output("y", graph.Apply("Conv",
            [x, graph.Constant(TensorData.Of(weight, maps, channels / groups, kernel, kernel)), graph.Constant(TensorData.Of(bias, maps))],
            new Attributes
            {
                ["strides"] = new long[] { stride, stride },
                ["pads"] = new long[] { pad, pad, pad, pad },
                ["dilations"] = new long[] { dilation, dilation },
                ["group"] = (long)groups,
            }));

        TensorData found =
            Evaluator.Run(graph.Build(), new Dictionary<string, TensorData>
            {
                ["x"] = TensorData.Of(image, batch, channels, height, width)
            })["y"];

        int down = (height + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1,
            across = (width + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
        Assert.Equal([batch, maps, down, across], found.Sizes);
        Assert.Equal(Plain(), found.ToDoubles());

        double[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() - 0.5)];

        IEnumerable<double> Plain()
        {
            int perGroup = channels / groups;
            for (int place = 0; place < batch * maps * down * across; place++)
            {
                (int column, int row, int map, int n) = (place % across, place / across % down, place / across / down % maps,
                    place / across / down / maps);
                double sum = bias[map];
                for (int term = 0; term < perGroup * kernel * kernel; term++)
                {
                    (int c, int i, int j) = (term / kernel / kernel, term / kernel % kernel, term % kernel);
                    (int h, int w) = (row * stride - pad + i * dilation, column * stride - pad + j * dilation);
                    bool inside = h >= 0 && h < height && w >= 0 && w < width;
                    double pixel = inside
                        ? image[((n * channels + map / (maps / groups) * perGroup + c) * height + h) * width + w] : 0;
                    sum = Math.FusedMultiplyAdd(weight[map * perGroup * kernel * kernel + term], pixel, sum);
                }
                yield return sum;
            }
        }
    }
}

using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Toolchain.Export.Tests;

static partial class ConverterCases
{
    static IEnumerable<Case> Images() => [.. MoreConvolutions(), .. Paddings(), .. Resizes(), .. MorePools()];

    static IEnumerable<Case> MoreConvolutions() =>
    [
        Module("THSTensor_conv1d", () => nn.Conv1d(5, 4, 3, padding: 2, padding_mode: PaddingModes.Reflect), sequence),
        Module("THSTensor_conv2d", () => nn.Conv2d(4, 2, 3, padding: 1, padding_mode: PaddingModes.Circular), image),
        Module("THSTensor_conv3d", () => nn.Conv3d(2, 2, 3, padding: 1, dilation: 2, padding_mode: PaddingModes.Replicate), [2, 6, 6, 6]),
        // an even kernel pads unevenly
        Module("THSTensor_conv1d_padding", () => nn.Conv1d(5, 4, 4, padding: Padding.Same, dilation: 1), sequence),
        Module("THSTensor_conv2d_padding", () => nn.Conv2d(4, 2, 3, padding: Padding.Same, dilation: 2, groups: 2), image),
        Module("THSTensor_conv2d_padding", () => nn.Conv2d(4, 2, 3, padding: Padding.Valid), image),
        Module("THSTensor_conv3d_padding", () => nn.Conv3d(2, 2, 3, padding: Padding.Same), volume),
        Module("THSTensor_conv_transpose1d", () => nn.ConvTranspose1d(5, 3, 4, stride: 2, padding: 1, output_padding: 1), sequence),
        Module("THSTensor_conv_transpose2d", () => nn.ConvTranspose2d(4, 6, 3, stride: 2, padding: 1, output_padding: 1, groups: 2), image),
        Module("THSTensor_conv_transpose2d", () => nn.ConvTranspose2d(4, 6, 3, stride: 2, dilation: 2, bias: false), image),
        Module("THSTensor_conv_transpose3d", () => nn.ConvTranspose3d(2, 3, 2, stride: 2), volume),
        Of("THSTensor_conv2d", x => F.conv2d(x.select(0, 0), ones(3, 4, 2, 2)).unsqueeze(0) + x.sum() * 0, image),
    ];

    static IEnumerable<Case> Paddings() =>
    [
        Of("THSNN_pad", x => F.pad(x, [1, 2, 0, 1], PaddingModes.Constant, 3), image), Of("THSNN_pad", x => F.pad(x, [-1, 2]), sequence),
        Of("THSNN_pad", x => F.pad(x, [2, 1, 1, 2], PaddingModes.Reflect), image),
        Of("THSNN_pad", x => F.pad(x, [2, 1], PaddingModes.Replicate), sequence),
            Of("THSNN_pad", x => F.pad(x, [2, 1, 3, 0], PaddingModes.Circular), image),
        Module("THSNN_pad", () => nn.ZeroPad2d(1), image), Module("THSNN_pad", () => nn.ReflectionPad1d(2), sequence),
            Module("THSNN_pad", () => nn.ReplicationPad3d(1), volume),
            Module("THSNN_pad", () => nn.ConstantPad2d((1, 0, 2, 1), 0.5), image),
    ];

    static IEnumerable<Case> Resizes() =>
    [
        Of("THSNN_interpolate", x => F.interpolate(x, [9, 4]), image),
        Of("THSNN_interpolate", x => F.interpolate(x, scale_factor: [2, 1.5]), image),
        Of("THSNN_interpolate", x => F.interpolate(x, scale_factor: [2]), sequence),
        Of("THSNN_interpolate", x => F.interpolate(x, [9, 4], mode: InterpolationMode.Bilinear, align_corners: false), image),
            Of("THSNN_interpolate", x => F.interpolate(x, [9, 4], mode: InterpolationMode.Bilinear, align_corners: true), image),
        Of("THSNN_interpolate", x => F.interpolate(x, scale_factor: [1.7, 0.6], mode: InterpolationMode.Bilinear), image),
            Of("THSNN_interpolate", x =>
            F.interpolate(x, scale_factor: [1.7, 0.6], mode: InterpolationMode.Bilinear, recompute_scale_factor: true), image),
        Of("THSNN_interpolate", x => F.interpolate(x, [9, 4], mode: InterpolationMode.Bicubic, align_corners: false), image),
            Of("THSNN_interpolate", x => F.interpolate(x, [9, 4], mode: InterpolationMode.Bicubic, align_corners: true), image),
        .. Antialiased(),
        Of("THSNN_interpolate", x => F.interpolate(x, [7], mode: InterpolationMode.Linear), sequence),
            Of("THSNN_interpolate", x => F.interpolate(x, [6, 7, 3], mode: InterpolationMode.Trilinear), volume),
        Of("THSNN_interpolate", x => F.interpolate(x, [4, 9], mode: InterpolationMode.Area), image),
        Of("THSNN_interpolate", x => F.interpolate(x, [9, 4], mode: InterpolationMode.NearestExact), image),
        Module("THSNN_interpolate", () => nn.Upsample(scale_factor: [2, 2], mode: UpsampleMode.Bilinear, align_corners: true), image),
            Module("THSNN_interpolate", () => nn.Upsample(scale_factor: [2, 2]), image),
        Of("THSTensor_upsample_nearest1d", x => F.upsample_nearest1d(x, 11, null), sequence),
            Of("THSTensor_upsample_nearest2d", x => F.upsample_nearest2d(x, [8, 9]), image),
            Of("THSTensor_upsample_nearest3d", x => F.upsample_nearest3d(x, [8, 4, 6]), volume),
        .. ((GridSampleMode[])[GridSampleMode.Bilinear, GridSampleMode.Nearest])
            .SelectMany(mode =>
            ((GridSamplePaddingMode[])[GridSamplePaddingMode.Zeros, GridSamplePaddingMode.Border, GridSamplePaddingMode.Reflection])
            .SelectMany(padding =>
            ((bool[])[true, false])
            .Select(corners =>
            Of("THSNN_grid_sample", x => F.grid_sample(x, x.narrow(1, 0, 2).permute(0, 2, 3, 1) * 0.9, mode, padding, corners),
            image) with { Opset = 16 }))),
        Of("THSNN_affine_grid", x => F.affine_grid(x.view(-1, 2, 3), [x.shape[0], 1, 4, 5], true)),
            Of("THSNN_affine_grid", x => F.affine_grid(x.view(-1, 2, 3), [x.shape[0], 1, 4, 5], false)),
    ];

    static IEnumerable<Case> MorePools() =>
    [
        .. Enumerable.Range(1, 3).SelectMany(axes => PoolsOf(axes, axes == 1 ? sequence : axes == 2 ? [4, 7, 6] : volume)),
        Of("THSTensor_lp_pool1d", x => F.lp_pool1d(x, 2, 3, 2), sequence),
            Of("THSTensor_lp_pool2d", x => F.lp_pool2d(x.abs(), 3, 2), image),
        Of("THSTensor_avg_pool2d", x => F.avg_pool2d(x, 3, 2, 1, divisor_override: 5), image),
            Of("THSTensor_avg_pool2d", x => F.avg_pool2d(x, 3, 2, 1, ceil_mode: true, count_include_pad: false), image),
        Of("THSTensor_avg_pool2d", x => F.avg_pool2d(x, 4, 3, 1, ceil_mode: true), image),
            Of("THSTensor_max_pool2d", x => F.max_pool2d(x, 2, dilation: 2), image),
        Module("THSTensor_adaptive_avg_pool2d", () => nn.AdaptiveAvgPool2d([4, 3]), [2, 7, 5]),
            Module("THSTensor_adaptive_avg_pool1d", () => nn.AdaptiveAvgPool1d(3), sequence),
            Module("THSTensor_adaptive_max_pool2d", () => nn.AdaptiveMaxPool2d([4, 3]), [2, 7, 5]),
    ];

    static IEnumerable<Case> PoolsOf(int axes, long[] sizes)
    {
        Func<Tensor, (Tensor Values, Tensor Indices)> pool = axes switch
        {
            1 => x => F.max_pool1d_with_indices(x, 2),
            2 => x => F.max_pool2d_with_indices(x, [2, 2]),
            _ => x => F.max_pool3d_with_indices(x, [2, 2, 2]),
        };
        yield return Of($"THSTensor_max_pool{axes}d_with_indices", x => pool(x).Values + pool(x).Indices, sizes);
        yield return Of($"THSTensor_max_unpool{axes}d", x =>
        {
            (Tensor values, Tensor indices) = pool(x);
            return axes switch
            {
                1 => F.max_unpool1d(values, indices, 2, 2, 0),
                2 => F.max_unpool2d(values, indices, [2, 2], [2, 2], [0, 0]),
                _ => F.max_unpool3d(values, indices, [2, 2, 2], [2, 2, 2], [0, 0, 0]),
            };
        }, sizes);
        if (axes < 3)
        {
            yield return Of($"THSTensor_adaptive_max_pool{axes}d", x => axes == 1 ? F.adaptive_max_pool1d(x, 1)
                : F.adaptive_max_pool2d(x, [1, 1]), sizes);
        }
    }

    static IEnumerable<Case> Antialiased() =>
        from mode in (InterpolationMode[])[InterpolationMode.Bilinear, InterpolationMode.Bicubic]
        from make in (Func<Tensor, Tensor>[])
        [
            x => F.interpolate(x, [4, 19], mode: mode, align_corners: false, antialias: true),
            x => F.interpolate(x, [1, 5], mode: mode, align_corners: true, antialias: true),
            x => F.interpolate(x, [12, 31], mode: mode, align_corners: true, antialias: true),
            x => F.interpolate(x, scale_factor: [0.4, 1.7], mode: mode, antialias: true),
            x => F.interpolate(x, scale_factor: [0.4, 0.3], mode: mode, recompute_scale_factor: true, antialias: true),
        ]
        select Of("THSNN_interpolate", make, [3, 13, 12]);
}

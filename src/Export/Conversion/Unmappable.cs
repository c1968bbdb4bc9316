namespace Toolchain.Export.Conversion;

/// <summary>Native entries that no graph can express, with the reason.</summary>
static class Unmappable
{
    const string Factors = "decompositions of matrices are loops whose number of steps depends on values; ONNX has no operator for them";

    static readonly Dictionary<string, string> reasons = new()
    {
        ["THSTensor_fractional_max_pool2d"] = "it draws its windows at random; use adaptive_max_pool2d",
        ["THSTensor_fractional_max_pool3d"] = "it draws its windows at random; use max_pool3d",
        ["THSTensor_unique_dim_consecutive"] = "along an axis it has no ONNX form; use unique, or unique_consecutive of a vector",
        ["THSNN_ctc_loss"] = "it is a recursion over the target, which no runtime has as an operator; compute it outside of the model",
        ["THSNN_triplet_margin_with_distance_loss"] = "its distance is computed inside native code; use triplet_margin_loss, or tensors",
        ["THSNN_pack_sequence"] = "its sequences are tensors of different length; pad them and use pack_padded_sequence",
        ["THSLinalg_svd"] = Factors,
        ["THSLinalg_svdvals"] = Factors,
        ["THSLinalg_eig"] = Factors,
        ["THSLinalg_eigh"] = Factors,
        ["THSLinalg_eigvals"] = Factors,
        ["THSLinalg_eigvalsh"] = Factors,
        ["THSLinalg_qr"] = Factors,
        ["THSLinalg_lu"] = Factors,
        ["THSLinalg_lu_factor"] = Factors,
        ["THSLinalg_lstsq_none"] = Factors,
        ["THSLinalg_lstsq_rcond"] = Factors,
        ["THSLinalg_pinv"] = Factors,
        ["THSLinalg_pinv_tensor"] = Factors,
        ["THSLinalg_pinverse"] = Factors,
        ["THSLinalg_matrix_rank"] = Factors,
        ["THSLinalg_matrix_rank_tensor"] = Factors,
        ["THSTensor_matrix_exp"] = Factors,
    };

    /// <summary>Why an entry cannot be mapped; null where it only has no mapping yet.</summary>
    public static string? Reason(string entry) => reasons.GetValueOrDefault(entry);
}

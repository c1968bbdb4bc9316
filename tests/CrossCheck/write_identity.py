# A model of the contract that gives its input back as the embedding: python3 write_identity.py MODEL.onnx
import sys
from onnx import TensorProto, helper, save

image = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, 28, 28])
embedding = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["N", 784])
graph = helper.make_graph([helper.make_node("Flatten", ["image"], ["embedding"], axis=1)], "identity", [image], [embedding])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
model.ir_version = 8
save(model, sys.argv[1])

import { Type } from "typebox";
import { operators } from "../access.ts";
import { emptyAnswer, jsonAnswer } from "../answers.ts";
import { defineOperation, requiredBody } from "../define-operation.ts";
import { NewOperator, Operator, OperatorWithToken } from "../schemas/operator.ts";

export const operatorOperations = [
  defineOperation({
    name: "operators.list",
    method: "GET",
    path: "/_/octavo/operators",
    access: operators("octavo.operators.list", "viewer"),
    summary: "List operators",
    answers: [jsonAnswer(200, Type.Array(Operator), "The operators, ordered by id")],
  }),
  defineOperation({
    name: "operators.create",
    method: "POST",
    path: "/_/octavo/operators",
    access: operators("octavo.operators.create"),
    summary: "Create an operator",
    body: requiredBody(NewOperator),
    answers: [
      jsonAnswer(
        201,
        OperatorWithToken,
        "The operator with the token, which is shown this once; Location names it",
      ),
    ],
  }),
  defineOperation({
    name: "operators.get",
    method: "GET",
    path: "/_/octavo/operators/{operatorId}",
    access: operators("octavo.operators.get", "viewer"),
    summary: "Get an operator",
    answers: [jsonAnswer(200, Operator, "The operator")],
    errors: { 404: "No such operator" },
  }),
  defineOperation({
    name: "operators.delete",
    method: "DELETE",
    path: "/_/octavo/operators/{operatorId}",
    access: operators("octavo.operators.delete"),
    summary: "Remove an operator; the token stops working",
    answers: [emptyAnswer("It is removed")],
    errors: { 400: "It is the last administrator", 404: "No such operator" },
  }),
] as const;

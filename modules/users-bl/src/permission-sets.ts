const described = {
  "users-bl.collection.get": "Get a list of composite user records",
  "users-bl.item.get": "Get a single composite user record by id",
  "users-bl.item.post": "Create a new composite user record",
  "users-bl.item.put": "Modify a composite user record",
  "users-bl.password-reset-link.generate": "Generate and send password reset link",
  "users-bl.password-reset-link.validate": "See whether a link to a password can be used",
  "users-bl.password-reset-link.reset": "Reset password by link",
  "users-bl.item.delete": "Delete a user record after checking for open transactions",
  "users-bl.transactions.get": "Get summary of open transactions of user record",
};

/** As mod-users-bl has them, with one that holds all. */
export const permissionSets = [
  ...Object.entries(described).map(([permissionName, description]) => ({
    permissionName,
    displayName: permissionName.replaceAll(/[.-]/gu, " "),
    description,
  })),
  {
    permissionName: "users-bl.all",
    displayName: "users-bl all",
    description: "All user business-logic permissions",
    subPermissions: Object.keys(described),
    visible: false,
  },
];

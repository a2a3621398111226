/** As mod-notes has them: all that is done with notes, all that is done with types, both in all domains. */
export const permissionSets = [
  {
    permissionName: "notes.allops",
    displayName: "Notes: all operations",
    description: "All that is done with notes, in no domain yet",
    subPermissions: [
      "notes.collection.get",
      "notes.item.get",
      "notes.item.post",
      "notes.item.put",
      "notes.item.delete",
      "note.links.collection.put",
      "notes.collection.get.by.status",
    ],
    visible: false,
  },
  {
    permissionName: "note.types.allops",
    displayName: "Notes: all operations with types",
    description: "All that is done with note types",
    subPermissions: [
      "note.types.item.get",
      "note.types.collection.get",
      "note.types.item.post",
      "note.types.item.put",
      "note.types.item.delete",
    ],
    visible: false,
  },
  {
    permissionName: "notes.all",
    displayName: "Notes: all of notes",
    description: "All that is done with notes and their types, in all domains",
    subPermissions: ["notes.allops", "notes.domain.all", "note.types.allops"],
    visible: false,
  },
];

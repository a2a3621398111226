/** The descriptors of the stand-in modules. */

const get = { methods: ["GET"], permissionsRequired: [] };
const post = { methods: ["POST"], permissionsRequired: [] };

export const usersDescriptor = {
  id: "mod-users-1.0.0",
  provides: [
    {
      id: "users",
      version: "16.0",
      handlers: [
        { ...get, pathPattern: "/users/{id}", permissionsRequired: ["users.item.get"] },
        { ...get, pathPattern: "/users-told", modulePermissions: [] },
      ],
    },
    {
      id: "permissions",
      version: "5.6",
      handlers: [
        {
          ...get,
          pathPattern: "/perms/users/{id}/permissions",
          permissionsRequired: ["perms.users.get"],
        },
      ],
    },
  ],
};

/** The same with pushes, so that what it said is kept. */
export const pushingUsersDescriptor = {
  ...usersDescriptor,
  metadata: { octavo: { pushesIdentity: true } },
};

const signing = [
  "auth.token.sign.post",
  "auth.token.post",
  "auth.token.refresh.post",
  "auth.refreshtoken.post",
];

export const loginDescriptor = {
  id: "mod-login-1.0.0",
  provides: [
    {
      id: "login",
      version: "7.0",
      handlers: [
        { ...post, pathPattern: "/authn/login", modulePermissions: signing },
        { ...post, pathPattern: "/authn/refresh", modulePermissions: signing },
        { ...post, pathPattern: "/authn/logout", modulePermissions: [] },
        { ...post, pathPattern: "/authn/logout-all", modulePermissions: [] },
        { ...get, pathPattern: "/login-told", modulePermissions: signing },
      ],
    },
  ],
};

export const echoDescriptor = {
  id: "mod-echo-1.0.0",
  provides: [
    {
      id: "echo",
      version: "1.0",
      handlers: [
        {
          ...get,
          methods: ["GET", "POST"],
          pathPattern: "/echo",
          permissionsRequired: ["echo.get"],
          permissionsDesired: ["echo.extra", "other.*"],
        },
        { ...get, methods: ["GET", "POST"], pathPattern: "/echo-open" },
        { ...get, pathPattern: "/echo-public" },
        { ...get, pathPattern: "/echo-minted", modulePermissions: ["echo.all"] },
        {
          ...get,
          pathPattern: "/echo-many",
          modulePermissions: Array.from({ length: 200 }, (_, n) => `echo.one-of-many.${n}.get`),
        },
        {
          ...get,
          pathPattern: "/echo-of/{tenantId}",
          permissionsRequired: ["echo.of-any"],
          permissionsRequiredTenant: ["echo.get"],
        },
        { ...get, pathPattern: "/echo-inner", permissionsRequired: ["echo.inner"] },
        { ...get, pathPattern: "/echo-last", permissionsRequired: ["echo.one-of-many.199.get"] },
      ],
    },
  ],
  permissionSets: [
    { permissionName: "echo.get" },
    { permissionName: "echo.inner" },
    { permissionName: "echo.all", subPermissions: ["echo.some"] },
    { permissionName: "echo.some", subPermissions: ["echo.inner", "echo.some", "echo.extra"] },
  ],
  // The second line would open another module's route.
  metadata: { octavo: { public: ["GET /echo-public", "GET /users-told"] } },
};

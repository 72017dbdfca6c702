// Run by start.sh with mongosh at every start, until it succeeds. Changes nothing that is as it should be.
const { readFileSync } = require("fs");
const secret = (name) => readFileSync(`/run/secrets/${name}`, "utf8").trim();
const direct = "127.0.0.1:27017/?directConnection=true&serverSelectionTimeoutMS=5000";
const admin = { user: "admin", pwd: secret("mongo-admin-password") };

const asAdmin = () => connect(`mongodb://admin:${admin.pwd}@${direct}&authSource=admin`);

function firstStart() {
  // Until the first account is made, whoever is in this container may do these two things and no more.
  const db = connect(`mongodb://${direct}`).getSiblingDB("admin");
  if (!db.hello().setName) {
    db.adminCommand({ replSetInitiate: { _id: "photure", members: [{ _id: 0, host: "mongo:27017" }] } });
  }
  untilPrimary(db);
  db.createUser({ ...admin, roles: ["root"] });
}

function untilPrimary(db) {
  for (let tries = 0; !db.hello().isWritablePrimary; tries++) {
    if (tries > 300) throw new Error("this node does not become primary");
    sleep(100);
  }
}

let db;
try {
  db = asAdmin();
} catch (error) {
  if (error.codeName !== "AuthenticationFailed" && !/auth/i.test(error.message)) throw error;
  firstStart();
  db = asAdmin();
}
untilPrimary(db);
const photure = db.getSiblingDB("photure");
const account = { pwd: secret("mongo-password"), roles: ["readWrite", "dbAdmin"] };
if (photure.getUser("photure")) photure.updateUser("photure", account);
else photure.createUser({ user: "photure", ...account });

import "../../lib/request.fixtures";

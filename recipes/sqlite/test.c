#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static int rows;
static int count(void *context, int columns, char **values, char **names) {
  (void)context, (void)columns, (void)names;
  rows += strcmp(values[0], "30") == 0;
  return 0;
}

int main(void) {
  sqlite3 *database;
  if (sqlite3_open("test.db", &database) != SQLITE_OK) return 1;
  const char *script =
      "create table item (name text primary key, price real, tags text);"
      "begin; insert into item values ('a', 10, '[1]'), ('b', 20, '[2, 3]'); commit;"
      "create virtual table note using fts5(body); insert into note values ('wasm in a tab');";
  if (sqlite3_exec(database, script, NULL, NULL, NULL) != SQLITE_OK) return 2;
  if (sqlite3_exec(database, "select cast(sum(price) as integer) from item where sqrt(4) = 2", count, NULL, NULL) != SQLITE_OK) return 3;
  if (sqlite3_exec(database, "select 30 from note where note match 'tab'", count, NULL, NULL) != SQLITE_OK) return 4;
  if (sqlite3_exec(database, "select 30 where json_extract('[1, 2]', '$[1]') = 2", count, NULL, NULL) != SQLITE_OK) return 5;
  if (sqlite3_exec(database, "insert into item values ('a', 1, '')", NULL, NULL, NULL) != SQLITE_CONSTRAINT) return 6;
  if (rows != 3) return 7;
  puts("ok");
  return sqlite3_close(database);
}

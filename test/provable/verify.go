// Command verify checks what a registry answers from a read model: verify [-seen Q] [-note FILE] VKEY PROOF QUESTION [ANSWER]
// PROOF is a file with a whole proof (docs/proofs.md), and ANSWER one with the JSON that was answered to the QUESTION:
// model=NAME@REVISION with partition=P&limit=N[&before=S] for the last rows of a partition, partition=P&sort=S for a row, or
// partition=P&count. -seen is the position of a statement that is known, and -note a file with a checkpoint that is known.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

func main() {
	seen := flag.Int("seen", -1, "the position of a statement that is known")
	note := flag.String("note", "", "a file with a checkpoint that is known")
	flag.Parse()
	parts := strings.SplitN(must(os.ReadFile(flag.Arg(1))), "\n\n", 4)
	check(len(parts) == 4, "the file: it is no whole proof")
	index, size, root := openLogProof(flag.Arg(0), parts[3], parts[2], parts[1])
	if *note != "" {
		known, other := openNote(flag.Arg(0), must(os.ReadFile(*note)))
		check(known != size || other == root, "the checkpoint: another one of %d entries was signed too", size)
	}
	question, err := url.ParseQuery(flag.Arg(2))
	check(err == nil, "the question: %v", err)
	shown, top := openRows(parts[0], question.Get("model"))
	position := openStatement(parts[1], index, question.Get("model"), top)
	check(index >= *seen, "the statement: the one at %d is old, as there is one at %d", index, *seen)
	answer := ask(shown, question)
	if flag.Arg(3) != "" {
		compare(answer, must(os.ReadFile(flag.Arg(3))))
	}
	fmt.Printf("proven as of %d by the statement at %d of %d: %s\n", position, index, size, must(json.Marshal(answer)))
}

func check(holds bool, format string, args ...any) {
	if !holds {
		fmt.Printf("refused: "+format+"\n", args...)
		os.Exit(1)
	}
}

func must(data []byte, err error) string {
	check(err == nil, "%v", err)
	return string(data)
}

func number(digits string) int {
	n, err := strconv.Atoi(digits)
	check(err == nil && n >= 0 && n < 1<<48 && strconv.Itoa(n) == digits, "%q is no number", digits)
	return n
}

func decode(text string) string {
	data := must(base64.StdEncoding.DecodeString(text))
	check(base64.StdEncoding.EncodeToString([]byte(data)) == text, "%q is not canonical base64", text)
	return data
}

func uint16be(n int) string { return string([]byte{byte(n >> 8), byte(n)}) }
func uint48be(n int) string { return uint16be(n>>32) + uint16be(n>>16) + uint16be(n) }

func sum(parts ...string) string {
	hash := sha256.Sum256([]byte(strings.Join(parts, "")))
	return string(hash[:])
}

// openNote returns the tree of a checkpoint that the key has signed (C2SP signed-note and tlog-checkpoint).
func openNote(vkey, note string) (size int, root string) {
	parts := strings.SplitN(vkey, "+", 3)
	check(len(parts) == 3, "the key: %q is none", vkey)
	name, key, isSigned := parts[0], decode(parts[2]), false
	id := sum(name, "\n", key)[:4]
	check(len(key) == 33 && key[0] == 1 && fmt.Sprintf("%x", id) == parts[1], "the key: %q is no Ed25519 key", vkey)
	at := strings.LastIndex(note, "\n\n") + 1
	check(at > 0 && strings.HasSuffix(note, "\n"), "the checkpoint: it is no signed note")
	for _, line := range strings.Split(note[at:], "\n") {
		own := strings.TrimPrefix(line, "— "+name+" ")
		if own != line && strings.HasPrefix(decode(own), id) {
			isSigned = ed25519.Verify([]byte(key[1:]), []byte(note[:at]), []byte(decode(own)[4:]))
			check(isSigned, "the checkpoint: the signature of %s is wrong", name)
		}
	}
	check(isSigned, "the checkpoint: it is not signed by %s+%s", name, parts[1])
	lines := strings.Split(note[:at], "\n")
	check(len(lines) == 4 && lines[0] == name, "the checkpoint: it is not one of %s", name)
	return number(lines[1]), decode(lines[2])
}

// openLogProof returns the index of an entry in a signed tree (C2SP tlog-proof, RFC 9162 section 2.1.3.2).
func openLogProof(vkey, note, proof, entry string) (index, size int, root string) {
	check(strings.HasPrefix(proof, "c2sp.org/tlog-proof@v1\nindex "), "the log's proof: it is no tlog-proof")
	lines := strings.Split(proof, "\n")
	index = number(lines[1][len("index "):])
	size, root = openNote(vkey, note)
	at, last, made := index, size-1, sum("\x00", entry)
	for _, line := range lines[2:] {
		check(last > 0, "the log's proof: its path is too long")
		if at%2 == 0 && at != last {
			made = sum("\x01", made, decode(line))
		} else {
			made = sum("\x01", decode(line), made)
			for ; at%2 == 0 && at > 0; at, last = at/2, last/2 {
			}
		}
		at, last = at/2, last/2
	}
	check(index < size && last == 0 && made == root, "the log's proof: the statement is not entry %d of %d", index, size)
	return index, size, root
}

// openStatement returns the position as of which an entry states a tree of the model.
func openStatement(entry string, index int, model string, top node) int {
	var event map[string]any
	check(json.Unmarshal([]byte(entry), &event) == nil, "the statement: it is no event")
	isStatement := event["type"] == "read-models.stated" && event["subject"] == "read-models"
	check(isStatement, "the statement: the entry is %v of %v", event["type"], event["subject"])
	data, _ := event["data"].(map[string]any)
	models, _ := data["models"].([]any)
	stated, name := map[string]any{}, ""
	for i := 0; i < len(models) && name != model; i++ {
		stated, _ = models[i].(map[string]any)
		name = fmt.Sprintf("%v@%v", stated["name"], stated["revision"])
	}
	check(name == model, "the statement: it does not name %s", model)
	check(stated["rows"] == float64(top.rows), "the rows: %v are stated, and not %d", stated["rows"], top.rows)
	check(stated["root"] == fmt.Sprintf("%x", top.hash), "the rows: their root is not the one stated")
	position, isNumber := stated["position"].(float64)
	check(isNumber && position < float64(index), "the statement: it tells of %v already", stated["position"])
	return int(position)
}

// A node is over a row that is shown (R), one without its value (K), or hidden rows (H); or it joins two others.
type node struct {
	kind, partition, sort, value, hash string
	rows                               int
}

var form = regexp.MustCompile(`^[RKH]([1-9]\d*)? (?:(\["(?:[^"\\]|\\.)*","(?:[^"\\]|\\.)*")(?:,(.+)\]|\] (\S+))|(\d+) (\S+))$`)

// openRows returns what the lines of a rows' proof show, and the top of the tree that they make.
func openRows(text, model string) (shown []node, _ node) {
	check(strings.HasPrefix(text+"\n", "registry-rows@v1\nmodel "+model+"\n"), "the rows: they are not those of %s", model)
	lines := strings.Split(text, "\n")
	stack, last, top := []node{}, node{}, node{hash: sum()}
	for i, line := range lines[2:] {
		parts := form.FindStringSubmatch(line)
		check(parts != nil, "the rows: line %d shows nothing", i+3)
		next := open(line[:1], parts[2:])
		if next.kind != "H" {
			check(last.isBefore(next.partition, next.sort), "the rows: line %d is out of order", i+3)
			last = next
		}
		shown, stack = append(shown, next), append(stack, next)
		for count, _ := strconv.Atoi(parts[1]); count > 0; count-- {
			n := len(stack) - 2
			check(n >= 0, "the rows: line %d joins too many", i+3)
			left, right := stack[n], stack[n+1]
			hash := sum("\x01", uint48be(left.rows), left.hash, uint48be(right.rows), right.hash)
			stack = append(stack[:n], node{hash: hash, rows: left.rows + right.rows})
		}
		top = stack[0]
	}
	check(len(stack) < 2, "the rows: %d trees are left", len(stack))
	return shown, top
}

func open(kind string, parts []string) (shown node) {
	key, value, valueHash, rows, hash := parts[0], parts[1], decode(parts[2]), parts[3], decode(parts[4])
	if kind == "H" {
		check(len(hash) == sha256.Size, "the rows: %q hides none", rows)
		return node{kind: kind, rows: number(rows), hash: hash}
	}
	if kind == "R" && value != "" {
		valueHash = sum(value)
	}
	var names [2]string
	check(json.Unmarshal([]byte(key+"]"), &names) == nil && len(valueHash) == sha256.Size, "the rows: %s] is no row", key)
	hash = sum("\x00", uint16be(len(names[0])), names[0], uint16be(len(names[1])), names[1], valueHash)
	return node{kind, names[0], names[1], value, hash, 1}
}

func (n node) isBefore(partition, sort string) bool {
	return n.partition < partition || n.partition == partition && n.sort < sort
}

// find gives the bounds of a key among what is shown. Where it is not there, nothing may be hidden around it.
func find(shown []node, partition, sort string) (from, to int) {
	for from < len(shown) && (shown[from].kind == "H" || shown[from].isBefore(partition, sort)) {
		from++
	}
	if from < len(shown) && shown[from].partition == partition && shown[from].sort == sort {
		return from, from + 1
	}
	check(from == 0 || shown[from-1].kind != "H", "the rows: some are hidden around %q %q", partition, sort)
	return from, from
}

// ask answers from what is shown; what is hidden and needed is a reason to refuse.
func ask(shown []node, question url.Values) map[string]any {
	partition, from, to := question.Get("partition"), 0, 0
	if question.Has("sort") {
		from, to = find(shown, partition, question.Get("sort"))
	} else if question.Has("before") {
		to, _ = find(shown, partition, question.Get("before"))
	} else {
		to, _ = find(shown, partition+"\x00", "")
	}
	if question.Has("count") {
		count := 0
		for from, _ = find(shown, partition, ""); from < to; from++ {
			count += shown[from].rows
		}
		return map[string]any{"count": float64(count)}
	}
	limit, unlimited := strconv.Atoi(question.Get("limit"))
	rows, more := []any{}, false
	for to--; to >= from && !more && (shown[to].kind == "H" || shown[to].partition == partition); to-- {
		check(shown[to].kind != "H", "the rows: some are hidden after %d of the answer", len(rows))
		if more = unlimited == nil && len(rows) == limit; !more {
			var value any
			isShown := json.Unmarshal([]byte(shown[to].value), &value) == nil
			check(isShown, "the rows: the value of %q %q is hidden", partition, shown[to].sort)
			rows = append(rows, []any{shown[to].sort, value})
		}
	}
	return map[string]any{"rows": rows, "more": more}
}

func compare(proven map[string]any, answer string) {
	var told map[string]any
	check(json.Unmarshal([]byte(answer), &told) == nil, "the answer: it is no JSON object")
	rows, _ := proven["rows"].([]any)
	toldRows, _ := told["rows"].([]any)
	for i := range rows {
		check(i < len(toldRows) && reflect.DeepEqual(rows[i], toldRows[i]), "the answer: row %d is not %v", i, rows[i])
	}
	for _, name := range []string{"rows", "more", "count"} {
		check(reflect.DeepEqual(proven[name], told[name]), "the answer: %s is %v, and not %v", name, told[name], proven[name])
	}
}

package roster

import (
	"fmt"

	"lowsky"
)

// FileError says why a file is refused as a whole. errors.Is(err, lowsky.ErrInvalid) holds.
type FileError struct {
	Code string
	Text lowsky.Text
}

func (e *FileError) Error() string { return e.Text.EN }

// Is makes every FileError an ErrInvalid.
func (e *FileError) Is(target error) bool { return target == lowsky.ErrInvalid }

func refused(code string, args ...any) *FileError { return &FileError{code, Say(code, args...)} }

func problem(field, code string, args ...any) RowProblem {
	return RowProblem{field, code, Say(code, args...)}
}

// NewProblem makes a problem of one of Codes, for what only the platform can tell.
func NewProblem(field, code string, args ...any) RowProblem { return problem(field, code, args...) }

// Say answers the meaning of a code with its arguments; one that is not known stands for itself.
func Say(code string, args ...any) lowsky.Text {
	for _, s := range Codes {
		if s.Code != code {
			continue
		}
		if len(args) == 0 {
			return s.Text
		}
		return lowsky.Text{ZH: fmt.Sprintf(s.ZH, args...), EN: fmt.Sprintf(s.EN, args...)}
	}
	return lowsky.Text{ZH: code, EN: code}
}

// Saying is what a code means, for people; %v stands for its arguments.
type Saying struct {
	Code string
	lowsky.Text
}

// Codes is every code that a file or a row can bear.
var Codes = []Saying{
	// Of the file.
	{"file_too_large", lowsky.Text{ZH: "文件超过 %v MB", EN: "the file is larger than %v MB"}},
	{"file_empty", lowsky.Text{ZH: "文件没有内容", EN: "the file is empty"}},
	{"no_rows", lowsky.Text{ZH: "只有表头，没有数据行", EN: "there are headings and no rows"}},
	{"too_many_rows", lowsky.Text{ZH: "数据行超过 %v 行，请分成几个文件", EN: "there are more than %v rows: split the file"}},
	{"too_many_columns", lowsky.Text{ZH: "列数超过 %v 列", EN: "there are more than %v columns"}},
	{"inflates", lowsky.Text{ZH: "表格解压后超过 %v MB", EN: "the workbook unpacks to more than %v MB"}},
	{"columns_unknown", lowsky.Text{ZH: "不认识的列：%v。请使用模板中的表头", EN: "columns not known: %v. Use the headings of the template"}},
	{"column_twice", lowsky.Text{ZH: "列“%v”出现两次", EN: "column “%v” is there twice"}},
	{"column_missing", lowsky.Text{ZH: "缺少列：%v", EN: "a column is missing: %v"}},
	{"encoding_unknown", lowsky.Text{ZH: "文字编码既不是 UTF-8、UTF-16，也不是 GB18030", EN: "the text is neither UTF-8 nor UTF-16 nor GB18030"}},
	{"csv_broken", lowsky.Text{ZH: "第 %v 行的引号不成对", EN: "the quotes of row %v do not match"}},
	{"xlsx_broken", lowsky.Text{ZH: "不是可读取的 XLSX 文件", EN: "not an XLSX file that can be read"}},
	{"xls_old", lowsky.Text{ZH: "旧版 XLS 或加密的表格，请另存为不加密的 XLSX 或 CSV", EN: "an old XLS or an encrypted workbook: save it as XLSX without a password, or as CSV"}},
	{"macros", lowsky.Text{ZH: "表格含有宏，不予读取", EN: "the workbook holds macros: it is not read"}},
	{"external_links", lowsky.Text{ZH: "表格链接到其他文件，不予读取", EN: "the workbook links to other files: it is not read"}},
	{"embedded", lowsky.Text{ZH: "表格含有嵌入的对象，不予读取", EN: "the workbook holds embedded objects: it is not read"}},
	{"several_sheets", lowsky.Text{ZH: "表格有 %v 个工作表，只能有一个", EN: "the workbook has %v sheets: there may be one"}},
	// Of a cell.
	{"formula_cell", lowsky.Text{ZH: "单元格是公式，请改为数值", EN: "the cell is a formula: put its value instead"}},
	{"formula_text", lowsky.Text{ZH: "以 = + - @ 或制表符开头的文字，表格软件会当作公式，不予采用", EN: "text that begins with = + - @ or a tab may be taken for a formula: refused"}},
	{"cell_error", lowsky.Text{ZH: "单元格是错误值", EN: "the cell holds an error"}},
	{"cell_too_long", lowsky.Text{ZH: "超过 %v 个字符", EN: "longer than %v characters"}},
	{"cell_without_heading", lowsky.Text{ZH: "第 %v 列没有表头", EN: "column %v has no heading"}},
	{"control_character", lowsky.Text{ZH: "含有不可见的控制字符", EN: "holds control characters or invisible ones"}},
	{"number_for_text", lowsky.Text{ZH: "长编号被表格软件存成了数字，已丢失精度，请将该列设为文本后重新填写", EN: "a long number lost digits because the spreadsheet kept it as a number: format the column as text and type it again"}},
	{"needed", lowsky.Text{ZH: "必须填写", EN: "must be filled in"}},
	{"too_long", lowsky.Text{ZH: "过长", EN: "is too long"}},
	{"id_invalid", lowsky.Text{ZH: "只能由字母、数字、点、下划线和连字符组成，最多 64 个字符", EN: "must be letters, digits, dots, underscores and hyphens, at most 64"}},
	{"company_id_invalid", lowsky.Text{ZH: "只能由小写字母、数字和连字符组成，最多 64 个字符", EN: "must be lower-case letters, digits and hyphens, at most 64"}},
	{"username_invalid", lowsky.Text{ZH: "账号只能由小写字母、数字、点、下划线和连字符组成", EN: "an account is lower-case letters, digits, dots, underscores and hyphens"}},
	{"number_invalid", lowsky.Text{ZH: "不是数字", EN: "is not a number"}},
	{"mass_invalid", lowsky.Text{ZH: "质量必须大于 0 且不超过 100000 千克", EN: "a mass must be above 0 and at most 100,000 kg"}},
	{"masses_contradict", lowsky.Text{ZH: "空机重量大于最大起飞重量", EN: "the empty mass is above the take-off mass"}},
	{"class_unknown", lowsky.Text{ZH: "类别应为微型、轻型、小型、中型或大型", EN: "the class must be micro, light, small, medium or large"}},
	{"class_contradicts", lowsky.Text{ZH: "类别与重量不符：按空机重量和最大起飞重量应为%v", EN: "contradicts the masses: by them the class is %v"}},
	{"yes_no", lowsky.Text{ZH: "应为是或否", EN: "must be yes or no"}},
	{"scenario_unknown", lowsky.Text{ZH: "应用场景不认识", EN: "the scenario is not known"}},
	{"site_kind_unknown", lowsky.Text{ZH: "类型应为机巢或起降点", EN: "the kind must be dock or pad"}},
	{"icao_invalid", lowsky.Text{ZH: "应答机地址为 6 位十六进制数", EN: "a transponder address is six hexadecimal digits"}},
	{"credit_code_invalid", lowsky.Text{ZH: "统一社会信用代码无效（18 位，含校验位）", EN: "not a valid unified social credit code (18 characters with a check character)"}},
	{"day_invalid", lowsky.Text{ZH: "不是有效的日期，例如 2027-03-31", EN: "is not a day such as 2027-03-31"}},
	{"phone_invalid", lowsky.Text{ZH: "不是有效的电话号码", EN: "is not a telephone number"}},
	{"position_invalid", lowsky.Text{ZH: "经纬度无效", EN: "is not a place on Earth"}},
	{"height_invalid", lowsky.Text{ZH: "海拔应在 -500 至 9000 米之间", EN: "a height must be from -500 to 9,000 m"}},
	{"geoid_unknown", lowsky.Text{ZH: "高程基准应为 cn1985、egm96 或 egm2008", EN: "the geoid must be cn1985, egm96 or egm2008"}},
	{"name_too_long", lowsky.Text{ZH: "名称过长（每种语言最多 64 字节）", EN: "a name is at most 64 bytes in each language"}},
	{"too_many_names", lowsky.Text{ZH: "最多 8 个", EN: "at most 8"}},
	// Within the file.
	{"duplicate_id", lowsky.Text{ZH: "编号与第 %v 行重复", EN: "row %v has the same id"}},
	{"duplicate_name", lowsky.Text{ZH: "名称与第 %v 行重复", EN: "row %v has the same name"}},
	{"duplicate_value", lowsky.Text{ZH: "与第 %v 行重复", EN: "row %v has the same"}},
	{"duplicate_alias", lowsky.Text{ZH: "与第 %v 行的编号、序列号、登记标志或远程识别编号重复", EN: "row %v bears it as its id, serial, registration mark or Remote ID"}},
	// Against the platform.
	{"organisation_unknown", lowsky.Text{ZH: "没有这个单位", EN: "there is no such organisation"}},
	{"organisation_not_owned", lowsky.Text{ZH: "不是您管理的单位", EN: "not an organisation of yours"}},
	{"belongs_to_others", lowsky.Text{ZH: "编号已被其他单位使用", EN: "the id belongs to others"}},
	{"alias_taken", lowsky.Text{ZH: "已是另一航空器的编号、序列号、登记标志或远程识别编号", EN: "another aircraft bears it as its id, serial, registration mark or Remote ID"}},
	{"jurisdiction_unknown", lowsky.Text{ZH: "没有这个行政区", EN: "there is no such jurisdiction"}},
	{"jurisdiction_not_owned", lowsky.Text{ZH: "不是您的行政区", EN: "not a jurisdiction of yours"}},
	{"not_a_company", lowsky.Text{ZH: "该编号不是企业", EN: "the id is not that of a company"}},
	{"too_many_problems", lowsky.Text{ZH: "其余问题未列出", EN: "further problems are not shown"}},
}
